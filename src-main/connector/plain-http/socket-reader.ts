import type { OnReadOpts } from 'node:net';

/** What one read of a socket gives at most. */
const READ_BYTES = 65_536;

/**
 * What came is dealt with before anything else is read: one piece of memory serves all sockets, and stays in the processor's cache.
 */
const memory = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Reads a socket into memory that is used again and again (`onread` of `net.connect`). The stream's own way makes 64 KiB for each
 * read and cuts them down to what came, which for a small response costs more than all else about it.
 */
export class SocketReader {
  /** Gets what came: a view of memory that the next read of any socket overwrites. */
  onOctets: (octets: Buffer) => void = () => undefined;
  readonly options: OnReadOpts = {
    buffer: memory,
    callback: (bytes) => {
      this.onOctets(memory.subarray(0, bytes));
      return true;
    },
  };
}
