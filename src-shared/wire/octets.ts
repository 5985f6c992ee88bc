/** Strings as octets: HTTP's header values are octets, which JavaScript shows as the characters U+0000 to U+00FF. */

const APPLY_LIMIT = 4096;
const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true });

/** Whether each character of `text` is one octet. */
export function isOctetString(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0xff) return false;
  }
  return true;
}

/** Writes an octet string at `offset`; returns the offset behind it. */
export function writeOctets(into: Uint8Array, offset: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) into[offset + index] = text.charCodeAt(index);
  return offset + text.length;
}

/** Reads octets as a string of the same length. */
export function readOctets(octets: Uint8Array, start: number, end: number): string {
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
