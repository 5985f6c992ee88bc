import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { readListQuery } from '../../src-service/api/list-parameters.ts';
import { readFilter } from '../../src-service/api/read-filter.ts';
import { readSearch } from '../../src-service/api/read-search.ts';
import { APPLICATION_COLUMNS } from '../../src-service/store/application-records.ts';
import { type Store, openStore } from '../../src-service/store/store.ts';

const PIECES = [
  ...Object.keys(APPLICATION_COLUMNS),
  ...['eq', 'ne', 'gt', 'le', 'in', 'and', 'or', 'not', 'startswith', 'contains', 'tags/any', 'appRoles/any'],
  ...[
    '(',
    ')',
    ',',
    ':',
    "'",
    "'it''s'",
    "'%_\\'",
    '7',
    '-1.5',
    '1e9',
    'true',
    'null',
    '2026-03-01T22:30:00Z',
    '2026-99-99',
  ],
  ...[
    't',
    't:t',
    't/value',
    '$count',
    '__proto__',
    'constructor',
    ';',
    '--',
    '\0',
    '\u{1F600}',
    '"',
    'AND',
    'OR',
    '\\',
  ],
];

let store: Store;

beforeAll(async () => {
  const location = { kind: 'sqlite', file: ':memory:' } as const;
  store = await openStore({ location, sealingKey: new Uint8Array(32), clock: Date.now });
});

afterAll(() => store.close());

/** What a reader makes of a text; null where it refuses it as it should. */
function read<Result>(reader: () => Result): Result | null {
  try {
    return reader();
  } catch (error) {
    expect(error).toBeInstanceOf(PosternError);
    expect(error).toMatchObject({ code: 'API_INVALID' });
    return null;
  }
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(' ')),
);

const comparisons = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('displayName', 'id', 'description', 'onPremisesPublishing/externalUrl'),
      fc.string({ maxLength: 9 }),
    )
    .chain(([field, text]) => {
      const quoted = `'${text.replaceAll("'", "''")}'`;
      return fc.constantFrom(
        ...['eq', 'ne', 'gt', 'ge', 'lt', 'le'].map((operator) => `${field} ${operator} ${quoted}`),
        ...['startswith', 'endswith', 'contains'].map((name) => `${name}(${field},${quoted})`),
        `${field} in (${quoted},'other')`,
        `${field} eq null`,
        `tags/any(t:t eq ${quoted} or startswith(t,${quoted}))`,
        `appRoles/any(r:r/value eq ${quoted} and r/id ne ${quoted})`,
      );
    }),
  fc.constantFrom('appRoleAssignmentRequired eq true', 'createdDateTime ge 2026-03-01T22:30:00Z', 'tags/any()'),
);

const filters = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    comparisons,
    tie('filter').map((one) => `not (${one})`),
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter')).map(([a, word, b]) => `(${a}) ${word} ${b}`),
  ),
})).filter;

test('a filter of any text is read or refused with a code of the registry', () => {
  fc.assert(
    fc.property(texts, (text) => void read(() => readFilter(text, APPLICATION_COLUMNS))),
    { numRuns: 5000 },
  );
});

test('a search of any text is read or refused with a code of the registry', () => {
  fc.assert(
    fc.property(texts, (text) => void read(() => readSearch(text, APPLICATION_COLUMNS))),
    { numRuns: 5000 },
  );
});

test('what was read, the database answers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(texts, filters), texts, async ($filter, $skiptoken) => {
      const token = Buffer.from(JSON.stringify([$skiptoken, $skiptoken])).toString('base64url');
      const query = read(() => readListQuery({ $filter, $skiptoken: token, $count: 'true' }, APPLICATION_COLUMNS));
      if (query !== null) expect((await store.applications.page(query)).count).toBe(0);
    }),
    { numRuns: 1500 },
  );
});

test('a filter as it should be written is never refused', () => {
  fc.assert(
    fc.property(filters, (text) => {
      const isTooMuch = (text.match(/not|\(/g)?.length ?? 0) > 10 || text.includes('\0');
      fc.pre(!isTooMuch);
      readFilter(text, APPLICATION_COLUMNS);
    }),
  );
});
