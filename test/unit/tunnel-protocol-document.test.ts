import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FRAME_FLAGS, FRAME_HEADER_LAYOUT, FRAME_TYPES, MAX_PAYLOAD_BYTES } from '../../src-shared/wire/frame.ts';

const document = readFileSync(new URL('../../docs/tunnel-protocol.md', import.meta.url), 'utf8');

/** The rows of the document's tables whose cells match. */
function rows(pattern: RegExp): string[][] {
  return [...document.matchAll(pattern)].map((match) => match.slice(1));
}

test('the frame header of the document is the one of the code', () => {
  const layout = FRAME_HEADER_LAYOUT.map(({ field, bytes }) => [field, String(bytes)]);
  expect(rows(/^\| (type|flags|stream|length) +\| (\d) +\|/gm)).toEqual(layout);
  expect(document).toContain(`at most ${MAX_PAYLOAD_BYTES.toLocaleString('en')}`);
});

test('the frame types of the document are those of the code', () => {
  const types = Object.entries(FRAME_TYPES).map(([name, type]) => [String(type), name]);
  expect(rows(/^\| (\d+) +\| ([A-Z_]+) +\|/gm)).toEqual(types);
});

test('the flags of the document are those of the code', () => {
  const flags = Object.entries(FRAME_FLAGS).map(([name, flag]) => [`0x0${flag}`, name]);
  expect(rows(/^\| (0x\d\d) \| ([A-Z]+) +\|/gm)).toEqual(flags);
});
