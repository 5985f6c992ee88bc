import type { Socket } from 'node:net';

/** What one read gives at most. */
const READ_BYTES = 65_536;

/** Each read is dealt with before the next one begins, of whichever connection: one piece of memory serves all. */
const memory = Buffer.allocUnsafeSlow(READ_BYTES);

/** Of these it is known that a connection which node:http reads below its socket may be reset; others may end the process then. */
const KNOWN_VERSIONS = '24.';

/** Where a socket keeps what `onread` of `net.connect` says. */
interface Fields {
  readonly memory: symbol;
  readonly callback: symbol;
}

interface ReadingHandle {
  readonly useUserBuffer?: (memory: Uint8Array) => void;
}

let fields: Fields | null | undefined;

/**
 * Has a connection that a server accepted, and that speaks no TLS, read into memory that all share. Node offers that for sockets
 * that connect (`onread`); the others make 64 KiB for each read and cut them down to what came. Undocumented (ADR 0044). For good:
 * whoever has the connection later is given copies as its `data`.
 * @param onOctets gets what the next read of any connection overwrites, for as long as the socket lives; false to read no more for now
 * @returns false where this Node has no such thing
 */
export function readIntoShared(socket: Socket, onOctets: (octets: Buffer) => boolean): boolean {
  if (fields === undefined) fields = findFields(socket);
  const { _handle: handle } = socket as unknown as { readonly _handle: ReadingHandle | null };
  if (fields === null || typeof handle?.useUserBuffer !== 'function') return false;
  const own = socket as unknown as Record<symbol, unknown>;
  own[fields.memory] = memory;
  own[fields.callback] = (bytes: number) => onOctets(memory.subarray(0, bytes));
  handle.useUserBuffer(memory);
  return true;
}

/** What may be kept of octets that came: a copy where the next read overwrites them, and where nothing does, they themselves. */
export function keptOctets(octets: Buffer): Buffer {
  return octets.buffer === memory.buffer ? Buffer.from(octets) : octets;
}

function findFields(socket: Socket): Fields | null {
  if (!process.versions.node.startsWith(KNOWN_VERSIONS)) return null;
  const symbols = Object.getOwnPropertySymbols(socket);
  const memoryField = symbols.find(({ description }) => description === 'kBuffer');
  const callback = symbols.find(({ description }) => description === 'kBufferCb');
  return memoryField === undefined || callback === undefined ? null : { memory: memoryField, callback };
}
