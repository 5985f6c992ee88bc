import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What stands more than once. */
function repeated(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}

// Some documents are merged by union, which keeps both versions of what two people have aligned anew.
test('no limit stands twice in docs/limits.md', () => {
  const sections = readFileSync('docs/limits.md', 'utf8').split(/^## /m);
  expect(sections.length).toBeGreaterThan(5);
  for (const section of sections) {
    const names = section.split('\n').flatMap((line) => /^\| ([^|]+)\|/.exec(line)?.[1]?.trim() ?? []);
    expect(repeated(names)).toEqual([]);
  }
});

test('no heading stands twice in a decision', () => {
  const paths = globSync('docs/adr/*.md');
  expect(paths.length).toBeGreaterThan(40);
  for (const path of paths) {
    const headings = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('## '));
    expect([path, repeated(headings)]).toEqual([path, []]);
  }
});
