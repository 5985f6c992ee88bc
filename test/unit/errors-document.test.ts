import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ErrorDefinition } from '../../src-shared/errors/error-definition.ts';
import { ERRORS } from '../../src-shared/errors/registry.ts';

const READERS = { user: 'user', operator: 'operator', bug: 'developers' } as const;
const document = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** Code -> the text under its heading. */
const sections = new Map(
  document
    .split(/^### /m)
    .slice(1)
    .map((section): [string, string] => {
      const [heading = '', ...lines] = section.split('\n');
      return [heading.trim(), lines.join('\n').split(/^## /m)[0]?.trim() ?? ''];
    }),
);

test('docs/errors.md and the registry name the same codes', () => {
  expect([...sections.keys()].toSorted()).toEqual(Object.keys(ERRORS).toSorted());
});

test.for(Object.entries<ErrorDefinition>(ERRORS))(
  'docs/errors.md says of %s what the registry says, and what to do',
  ([code, definition]) => {
    const section = sections.get(code) ?? '';
    const wire = definition.wire === undefined ? '' : `, wire ${definition.wire}`;
    const retry = definition.retry ? 'retry' : 'no retry';
    const facts = `HTTP ${definition.status}${wire}, for the ${READERS[definition.audience]}, ${retry}.`;
    expect(section.split('\n')[0]).toBe(facts);
    expect(section).toMatch(/^\*\*What to do\.\*\* \S/m);
  },
);

test('no code stands in two files of the registry, where the later one would count', () => {
  const folder = new URL('../../src-shared/errors/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('-errors.ts'));
  const codes = files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^ {2}([A-Z\d_]+): \{$/gm)].map(([, code = '']) => code),
  );
  expect(codes.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
});

test('no two codes share a wire number', () => {
  const numbers = Object.values<ErrorDefinition>(ERRORS).flatMap(({ wire }) => wire ?? []);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('codes read <AREA>_<CONDITION> and summaries are one sentence', () => {
  for (const [code, { summary }] of Object.entries<ErrorDefinition>(ERRORS)) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
    expect(summary).toMatch(/^[A-Z].*\.$/);
  }
});
