import { PosternError } from '../errors/postern-error.ts';
import { readUint32, writeUint32 } from './frame.ts';

/**
 * WebSocket framing (RFC 6455, section 5) for the tunnel, which needs a stream of octets and no messages: payload goes on
 * as it comes, however the peer or an intermediary cut it, and nothing is gathered but control frames of 125 octets.
 */

export const WEB_SOCKET_OPCODES = { CONTINUATION: 0, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

const FIN = 0x80;
const RESERVED_BITS = 0x70;
const OPCODE_BITS = 0x0f;
const MASK_BIT = 0x80;
const LENGTH_BITS = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;
const MAX_HEADER_BYTES = 14;
const MAX_CONTROL_BYTES = 125;
/** The upper half of a 64-bit length that JavaScript still counts exactly. */
const MAX_UPPER_LENGTH = 0x1f_ffff;

/** What a decoder tells. Octets are views of what was pushed and the listener's to keep. */
export interface WebSocketListener {
  onOctets(octets: Uint8Array): void;
  onPing(payload: Uint8Array): void;
  onClose(): void;
}

/** Takes a WebSocket's octets apart. One for each direction of each connection. */
export class WebSocketDecoder {
  readonly #isPeerMasking: boolean;
  readonly #listener: WebSocketListener;
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #headerBytes = 0;
  #opcode = 0;
  #isInMessage = false;
  #payloadLeft = 0;
  /** The mask's four octets as they apply to the next octet of payload; null where it is zero. */
  #mask: Uint8Array | null = null;
  #maskOffset = 0;
  #control: Uint8Array | null = null;
  #controlBytes = 0;

  /** @param isPeerMasking true at the server: a client must mask, a server must not (RFC 6455, section 5.1). */
  constructor(isPeerMasking: boolean, listener: WebSocketListener) {
    this.#isPeerMasking = isPeerMasking;
    this.#listener = listener;
  }

  /** Takes the next octets; may change them in place. @throws PosternError `TUNNEL_PROTOCOL` when they break RFC 6455. */
  push(octets: Uint8Array): void {
    let offset = 0;
    while (offset < octets.length) {
      if (this.#payloadLeft > 0) offset = this.#takePayload(octets, offset);
      else offset = this.#takeHeader(octets, offset);
    }
  }

  #takeHeader(octets: Uint8Array, start: number): number {
    this.#header[this.#headerBytes] = octets[start] ?? 0;
    this.#headerBytes += 1;
    const second = this.#header[1] ?? 0;
    const wantedBytes = this.#headerBytes < 2 ? 2 : headerBytes(second);
    if (this.#headerBytes === wantedBytes) {
      this.#headerBytes = 0;
      this.#begin(this.#header[0] ?? 0, second, wantedBytes);
    }
    return start + 1;
  }

  #begin(first: number, second: number, bytes: number): void {
    const opcode = first & OPCODE_BITS;
    const isLast = (first & FIN) !== 0;
    if ((first & RESERVED_BITS) !== 0) throw broken('reserved bits are set');
    if (((second & MASK_BIT) !== 0) !== this.#isPeerMasking) throw broken('the mask is missing or not allowed');
    const length = this.#length(second & LENGTH_BITS);
    const isControl = opcode >= WEB_SOCKET_OPCODES.CLOSE;
    if (isControl) {
      if (opcode > WEB_SOCKET_OPCODES.PONG || !isLast || length > MAX_CONTROL_BYTES)
        throw broken('a control frame is bad');
      this.#control = new Uint8Array(length);
      this.#controlBytes = 0;
    } else {
      const isFirst = opcode === WEB_SOCKET_OPCODES.BINARY;
      if (!isFirst && opcode !== WEB_SOCKET_OPCODES.CONTINUATION) throw broken('a message is not binary');
      if (isFirst === this.#isInMessage) throw broken('messages mix');
      this.#isInMessage = !isLast;
    }
    this.#opcode = opcode;
    this.#payloadLeft = length;
    this.#takeMask(bytes);
    if (isControl && length === 0) this.#endControl();
  }

  #takeMask(bytes: number): void {
    this.#maskOffset = 0;
    this.#mask = null;
    if (!this.#isPeerMasking) return;
    const mask = this.#header.slice(bytes - MASK_BYTES, bytes);
    if (readUint32(mask, 0) !== 0) this.#mask = mask;
  }

  #length(short: number): number {
    if (short < LENGTH_16) return short;
    if (short === LENGTH_16) return ((this.#header[2] ?? 0) << 8) | (this.#header[3] ?? 0);
    const upper = readUint32(this.#header, 2);
    if (upper > MAX_UPPER_LENGTH) throw broken('a length is beyond 2^53');
    return upper * 0x1_0000_0000 + readUint32(this.#header, 6);
  }

  #takePayload(octets: Uint8Array, start: number): number {
    const end = Math.min(octets.length, start + this.#payloadLeft);
    const piece = start === 0 && end === octets.length ? octets : octets.subarray(start, end);
    this.#payloadLeft -= piece.length;
    if (this.#mask !== null) this.#maskOffset = unmask(piece, this.#mask, this.#maskOffset);
    if (this.#control === null) {
      this.#listener.onOctets(piece);
      return end;
    }
    this.#control.set(piece, this.#controlBytes);
    this.#controlBytes += piece.length;
    if (this.#payloadLeft === 0) this.#endControl();
    return end;
  }

  #endControl(): void {
    const payload = this.#control ?? new Uint8Array(0);
    this.#control = null;
    if (this.#opcode === WEB_SOCKET_OPCODES.PING) this.#listener.onPing(payload);
    else if (this.#opcode === WEB_SOCKET_OPCODES.CLOSE) this.#listener.onClose();
  }
}

/** The longest header that a frame has. */
export const MAX_WEB_SOCKET_HEADER_BYTES = MAX_HEADER_BYTES;

/**
 * Writes the header of a whole frame, so that it ends before `end`; there must be `MAX_WEB_SOCKET_HEADER_BYTES` of room.
 * @param mask the four octets of a client's mask, null at a server.
 * @returns where it begins
 */
export function writeWebSocketHeader(
  target: Uint8Array,
  end: number,
  opcode: number,
  length: number,
  mask: Uint8Array | null,
): number {
  const lengthBytes = length < LENGTH_16 ? 0 : length <= 0xffff ? 2 : 8;
  const start = end - 2 - lengthBytes - (mask === null ? 0 : MASK_BYTES);
  target[start] = FIN | opcode;
  const maskBit = mask === null ? 0 : MASK_BIT;
  if (lengthBytes === 0) {
    target[start + 1] = maskBit | length;
  } else if (lengthBytes === 2) {
    target[start + 1] = maskBit | LENGTH_16;
    target[start + 2] = length >>> 8;
    target[start + 3] = length;
  } else {
    target[start + 1] = maskBit | LENGTH_64;
    writeUint32(target, start + 2, Math.floor(length / 0x1_0000_0000));
    writeUint32(target, start + 6, length >>> 0);
  }
  if (mask !== null) target.set(mask, end - MASK_BYTES);
  return start;
}

/** Applies a mask in place from `offset` of its four octets on; returns the offset behind. Its own inverse. */
export function unmask(octets: Uint8Array, mask: Uint8Array, offset: number): number {
  for (let index = 0; index < octets.length; index += 1) {
    octets[index] = (octets[index] ?? 0) ^ (mask[(offset + index) & 3] ?? 0);
  }
  return (offset + octets.length) & 3;
}

function headerBytes(second: number): number {
  const short = second & LENGTH_BITS;
  const lengthBytes = short === LENGTH_64 ? 8 : short === LENGTH_16 ? 2 : 0;
  return 2 + lengthBytes + ((second & MASK_BIT) === 0 ? 0 : MASK_BYTES);
}

function broken(what: string): PosternError {
  return new PosternError('TUNNEL_PROTOCOL', { message: `The WebSocket broke RFC 6455: ${what}.` });
}
