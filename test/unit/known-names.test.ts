import { expect, test } from 'vitest';
import { KnownNames } from '../../src-shared/wire/known-names.ts';
import { SharedTexts } from '../../src-shared/wire/shared-texts.ts';

test('a name is looked at once for each spelling, however many others come between', () => {
  const seen: string[] = [];
  const names = new KnownNames((name) => {
    seen.push(name);
    return name.toLowerCase();
  });
  expect([names.of('Host'), names.of('Host'), names.of('host')]).toEqual(['host', 'host', 'host']);
  expect(seen).toEqual(['Host', 'host']);
  for (let index = 0; index < 5000; index += 1) expect(names.of(`X-${index}`)).toBe(`x-${index}`);
  expect(names.of('Host')).toBe('host');
  const long = 'X'.repeat(65);
  expect([names.of(long), names.of(long)]).toEqual(['x'.repeat(65), 'x'.repeat(65)]);
  expect(seen.filter((name) => name === long)).toHaveLength(2);
});

test('texts that are shared read as they came, known or not', () => {
  const texts = new SharedTexts(4, 8);
  for (const text of ['', 'a', 'ä', 'b', 'c', 'd', 'e', 'a', 'longer than eight', 'ÿ'])
    expect(texts.of(text)).toBe(text);
});
