import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The behaviours of the acceptance list, by number, that are promised by now. What is new on the list is added with its test. */
const PROMISED = [
  ...range(1, 9),
  ...range(11, 22),
  ...range(24, 33),
  ...range(36, 39),
  ...range(42, 54),
  60,
  61,
  64,
  65,
  66,
  68,
  80,
  81,
  84,
];

const TEST_FOLDER = new URL('../', import.meta.url);
const TEST_FILE = /\.(?:test|spec)\.tsx?$/;
/** A title begins with the numbers that it shows: `test('B26 B27 …'`, `describe('B53 …'`, `test.each(…)('B3 …'`. */
const TITLE = /\(\s*['"`]((?:B\d+ )+)/g;

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('each behaviour that is promised stands in the title of a test', () => {
  const cited = new Set<number>();
  for (const file of readdirSync(TEST_FOLDER, { recursive: true, encoding: 'utf8' })) {
    if (!TEST_FILE.test(file)) continue;
    for (const [, numbers = ''] of readFileSync(new URL(file, TEST_FOLDER), 'utf8').matchAll(TITLE)) {
      for (const number of numbers.match(/\d+/g) ?? []) cited.add(Number(number));
    }
  }
  expect(PROMISED.filter((number) => !cited.has(number)).map((number) => `B${number}`)).toEqual([]);
});
