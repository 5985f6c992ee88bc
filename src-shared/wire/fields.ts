import { PosternError } from '../errors/postern-error.ts';
import { isOctetString, readOctets, writeOctets } from './octets.ts';
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

/** Encodes lists of `name, value…` as one block. @throws PosternError `TUNNEL_PROTOCOL` when a text isn't octets. */
export function encodeFields(...lists: readonly (readonly string[])[]): Uint8Array {
  let bytes = 0;
  for (const list of lists) bytes += blockBytes(list);
  const block = new Uint8Array(bytes);
  let offset = 0;
  for (const list of lists) {
    for (let index = 0; index < list.length; index += 2) {
      const name = list[index] ?? '';
      const staticIndex = staticIndexOf(name);
      block[offset] = staticIndex;
      offset += 1;
      if (staticIndex === LITERAL_NAME) offset = writeText(block, offset, name);
      offset = writeText(block, offset, list[index + 1] ?? '');
    }
  }
  return block;
}

/** Decodes a block to `name, value…`. @throws PosternError `TUNNEL_PROTOCOL` when it is malformed or has too many fields. */
export function decodeFields(block: Uint8Array): string[] {
  const fields: string[] = [];
  const cursor = { offset: 0 };
  while (cursor.offset < block.length) {
    if (fields.length >= MAX_FIELDS * 2) throw malformed('too many fields');
    const index = block[cursor.offset] ?? LITERAL_NAME;
    cursor.offset += 1;
    const name = index === LITERAL_NAME ? readText(block, cursor) : staticNameAt(index);
    if (name === undefined) throw malformed('an unknown static name');
    if (name === '') throw malformed('an empty name');
    fields.push(name, readText(block, cursor));
  }
  return fields;
}

function blockBytes(list: readonly string[]): number {
  let bytes = 0;
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    if (!isOctetString(name) || !isOctetString(value)) throw malformed('a character above U+00FF');
    bytes += 1 + varintBytes(value.length) + value.length;
    if (staticIndexOf(name) === LITERAL_NAME) bytes += varintBytes(name.length) + name.length;
  }
  return bytes;
}

function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  throw malformed('a text longer than a block can hold');
}

function writeText(block: Uint8Array, start: number, text: string): number {
  let offset = start;
  let rest = text.length;
  while (rest >= 0x80) {
    block[offset] = (rest & 0x7f) | 0x80;
    offset += 1;
    rest >>>= 7;
  }
  block[offset] = rest;
  return writeOctets(block, offset + 1, text);
}

function readText(block: Uint8Array, cursor: { offset: number }): string {
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
  const text = readOctets(block, cursor.offset, end);
  cursor.offset = end;
  return text;
}

function malformed(what: string): PosternError {
  return new PosternError('TUNNEL_PROTOCOL', { message: `A header block has ${what}.` });
}
