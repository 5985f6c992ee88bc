import { PosternError } from '../errors/postern-error.ts';
import { errorCodeFromWire, errorDefinition, type WireErrorCode } from '../errors/registry.ts';
import { readUint32, writeUint32 } from '../wire/frame.ts';
import { decodeUtf8, encodeUtf8 } from '../wire/octets.ts';

const MAX_RESET_MESSAGE_CHARACTERS = 256;

/** The payload of WINDOW and TAKEN: credit in octets of DATA. */
export function grantPayload(bytes: number): Uint8Array {
  const payload = new Uint8Array(4);
  writeUint32(payload, 0, bytes);
  return payload;
}

/** @throws PosternError `TUNNEL_PROTOCOL` when the payload isn't 4 octets long. */
export function grantOf(payload: Uint8Array): number {
  if (payload.length !== 4) throw violation('a grant is not 4 octets long');
  return readUint32(payload, 0);
}

/** The payload of RESET: the number of the code, and a message for the log. */
export function resetPayload(code: WireErrorCode, message: string): Uint8Array {
  const text = encodeUtf8(message.slice(0, MAX_RESET_MESSAGE_CHARACTERS));
  const payload = new Uint8Array(4 + text.length);
  writeUint32(payload, 0, errorDefinition(code).wire ?? 0);
  payload.set(text, 4);
  return payload;
}

/** Reads a RESET; a message that isn't UTF-8 reads as none. */
export function resetOf(payload: Uint8Array): { readonly code: WireErrorCode; readonly message: string } {
  const code = errorCodeFromWire(readUint32(payload, 0));
  try {
    return { code, message: decodeUtf8(payload.subarray(4)) };
  } catch {
    return { code, message: '' };
  }
}

/** The error that ends a tunnel whose peer broke the protocol. */
export function violation(what: string): PosternError {
  return new PosternError('TUNNEL_PROTOCOL', { message: `The peer broke the protocol: ${what}.` });
}

/** Whether an error says that the peer broke the protocol, which ends the tunnel. */
export function isBreach(error: unknown): boolean {
  return error instanceof PosternError && error.code.startsWith('TUNNEL_');
}
