import { PosternError } from '../errors/postern-error.ts';
import { isOctetString, octetsOf, readOctets } from './octets.ts';
import { SharedTexts } from './shared-texts.ts';
import { staticIndexOf, staticNameAt } from './static-names.ts';

/**
 * Header blocks (docs/tunnel-protocol.md, "Header blocks"): fields one after the other until the payload ends. A field
 * is an index octet into the static table, or 0 and a literal name, then the value; literals carry their length as a
 * varint (7 bits an octet, least significant first, at most 3 octets). Order, number and spelling of fields are kept.
 */

/** The most fields in one block; more is an attack or a mistake. */
export const MAX_FIELDS = 1024;

const MAX_VARINT_BYTES = 3;
const LITERAL_NAME = 0;
/** Every octet as a string: what a block is put together from. */
const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
const LITERAL = OCTETS[LITERAL_NAME] ?? '';
/** Values shorter than this have a length of one octet. */
const SHORT_LENGTH = 0x80;
/** What stands before a short value, by index and length, as one text, made at its first use: of few parts a block is put together sooner. */
const beginnings = Array.from({ length: 0x80 * SHORT_LENGTH }, () => '');
const COLON = 0x3a;
/** Pseudo-fields that are another text in each request. */
const UNIQUE = new Set([':target', ':activity-id']);
/** Values of the other ones. */
const sharedTexts = new SharedTexts(4096, 256);

/** Encodes lists of `name, value…` as one block. @throws PosternError `TUNNEL_PROTOCOL` when a text isn't octets. */
export function encodeFields(...lists: readonly (readonly string[])[]): Uint8Array {
  // The block is text first: put together, checked and made octets in native code, at a tenth of what a loop over characters takes.
  // Joined, since each step of a growing text would be an object of its own.
  const parts: string[] = [];
  for (const list of lists) {
    for (let index = 0; index < list.length; index += 2) {
      const name = list[index] ?? '';
      const value = list[index + 1] ?? '';
      const staticIndex = staticIndexOf(name);
      if (staticIndex === LITERAL_NAME) parts.push(LITERAL, lengthOf(name), name, lengthOf(value), value);
      else parts.push(beginningOf(staticIndex, value), value);
    }
  }
  const block = parts.join('');
  if (!isOctetString(block)) throw malformed('a character above U+00FF');
  return octetsOf(block);
}

/** Decodes a block to `name, value…`. @throws PosternError `TUNNEL_PROTOCOL` when it is malformed or has too many fields. */
export function decodeFields(block: Uint8Array): string[] {
  const fields: string[] = [];
  // Headers are slices of one text. Pseudo-fields, which outlive their message in logs, must not hold on to all of it.
  const whole = readOctets(block, 0, block.length);
  const cursor = { offset: 0 };
  while (cursor.offset < block.length) {
    if (fields.length >= MAX_FIELDS * 2) throw malformed('too many fields');
    const index = block[cursor.offset] ?? LITERAL_NAME;
    cursor.offset += 1;
    const name = index === LITERAL_NAME ? sliceText(block, cursor, whole) : staticNameAt(index);
    if (name === undefined) throw malformed('an unknown static name');
    if (name === '') throw malformed('an empty name');
    if (name.charCodeAt(0) !== COLON) fields.push(name, sliceText(block, cursor, whole));
    else if (UNIQUE.has(name)) fields.push(name, copyText(block, cursor));
    else fields.push(name, sharedTexts.of(sliceText(block, cursor, whole)));
  }
  return fields;
}

/** The index of a name and the length of its value. */
function beginningOf(staticIndex: number, value: string): string {
  const index = OCTETS[staticIndex] ?? '';
  if (value.length >= SHORT_LENGTH) return index + lengthOf(value);
  const at = staticIndex * SHORT_LENGTH + value.length;
  return (beginnings[at] ||= index + lengthOf(value));
}

/** The length of a text as a varint, in characters that are octets. */
function lengthOf({ length }: string): string {
  if (length < SHORT_LENGTH) return OCTETS[length] ?? '';
  const low = OCTETS[(length & 0x7f) | 0x80] ?? '';
  if (length < 0x4000) return low + (OCTETS[length >>> 7] ?? '');
  if (length >= 0x20_0000) throw malformed('a text longer than a block can hold');
  return low + (OCTETS[((length >>> 7) & 0x7f) | 0x80] ?? '') + (OCTETS[length >>> 14] ?? '');
}

function sliceText(block: Uint8Array, cursor: { offset: number }, whole: string): string {
  const end = readEnd(block, cursor);
  const text = whole.slice(cursor.offset, end);
  cursor.offset = end;
  return text;
}

function copyText(block: Uint8Array, cursor: { offset: number }): string {
  const end = readEnd(block, cursor);
  const text = readOctets(block, cursor.offset, end);
  cursor.offset = end;
  return text;
}

/** Reads the length of a text; returns the offset behind the text. */
function readEnd(block: Uint8Array, cursor: { offset: number }): number {
  let length = 0;
  for (let position = 0; ; position += 1) {
    const octet = block[cursor.offset];
    if (octet === undefined || position === MAX_VARINT_BYTES) throw malformed('a broken length');
    cursor.offset += 1;
    length |= (octet & 0x7f) << (7 * position);
    if (octet < 0x80) break;
  }
  const end = cursor.offset + length;
  if (end > block.length) throw malformed('a text that runs past its end');
  return end;
}

function malformed(what: string): PosternError {
  return new PosternError('TUNNEL_PROTOCOL', { message: `A header block has ${what}.` });
}
