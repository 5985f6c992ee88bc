/** Strings as octets: HTTP's header values are octets, which JavaScript shows as the characters U+0000 to U+00FF. */

const APPLY_LIMIT = 4096;
const NOT_AN_OCTET = /[^\0-\u00ff]/;

/** What Node's `Buffer` does in native code; where this room runs without it, a loop does the same. */
interface NativeOctets {
  isBuffer(octets: Uint8Array): octets is NativeBuffer;
  from(text: string, encoding: 'latin1'): NativeBuffer;
  from(buffer: ArrayBufferLike, byteOffset: number, length: number): NativeBuffer;
}
interface NativeBuffer extends Uint8Array<ArrayBuffer> {
  toString(encoding?: 'latin1', start?: number, end?: number): string;
}
const native = (globalThis as { readonly Buffer?: NativeOctets }).Buffer;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true });

/** Whether each character of `text` is one octet. */
export function isOctetString(text: string): boolean {
  return !NOT_AN_OCTET.test(text);
}

/** An octet string as octets. Characters above U+00FF must not be in it. */
export function octetsOf(text: string): Uint8Array<ArrayBuffer> {
  return native === undefined ? octetsByLoop(text) : native.from(text, 'latin1');
}

/** Octets as a string of the same length, which holds on to none of them. */
export function readOctets(octets: Uint8Array, start: number, end: number): string {
  if (native === undefined) return readByLoop(octets, start, end);
  const buffer = native.isBuffer(octets) ? octets : native.from(octets.buffer, octets.byteOffset, octets.byteLength);
  return buffer.toString('latin1', start, end);
}

/** `octetsOf` where there is no native code. @internal exported for its test */
export function octetsByLoop(text: string): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) octets[index] = text.charCodeAt(index);
  return octets;
}

/** `readOctets` where there is no native code. @internal exported for its test */
export function readByLoop(octets: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += APPLY_LIMIT) {
    const piece = octets.subarray(at, Math.min(end, at + APPLY_LIMIT));
    text += String.fromCharCode.apply(null, piece as unknown as number[]);
  }
  return text;
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return utf8Encoder.encode(text);
}

/** @throws TypeError when `octets` are not valid UTF-8. */
export function decodeUtf8(octets: Uint8Array): string {
  return utf8Decoder.decode(octets);
}

/** The parts as one piece: the part itself where there is just one. @param bytes their lengths together */
export function joinOctets(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Below this, giving memory back by hand costs more than it saves. */
const RELEASE_BYTES = 4096;

/** What to call when octets have been written to a socket, to free their memory; undefined where that isn't worth it. */
export function releaserOf(octets: Uint8Array): ((error?: Error | null) => void) | undefined {
  if (octets.byteLength < RELEASE_BYTES || octets.byteLength !== octets.buffer.byteLength) return undefined;
  return (error) => {
    // After an error the system may still be reading them.
    if (error === undefined || error === null) releaseOctets(octets);
  };
}

/**
 * Frees the memory of octets now, not at some garbage collection to come, where they fill their buffer; else does nothing.
 * Bodies pass at gigabytes a minute: memory that comes back at once is reused while it is warm, and V8 isn't driven to
 * collect the whole heap by buffers that nobody needs. Nothing may look at the octets, or at others of their buffer, again.
 */
export function releaseOctets(octets: Uint8Array): void {
  const { buffer } = octets;
  if (octets.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer && buffer.byteLength > 0)
    buffer.transfer(0);
}
