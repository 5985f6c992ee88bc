import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import { type Application, ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { readListQuery } from '../../src-service/api/list-parameters.ts';
import { readFilter } from '../../src-service/api/read-filter.ts';
import { readSearch } from '../../src-service/api/read-search.ts';
import { APPLICATION_COLUMNS } from '../../src-service/store/application-records.ts';
import { pageOf } from '../../src-service/store/list-in-memory.ts';
import type { ListQuery } from '../../src-service/store/list-query.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
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

const PEOPLE = ['Wiki', 'wiki', 'Ärzte', '100 %', 'Zz'];

test('a list in memory answers as the database does, in any order of fields and page by page', async () => {
  const context = serviceContext('test');
  const known = await openStore({
    location: { kind: 'sqlite', file: ':memory:' },
    sealingKey: new Uint8Array(32),
    clock: Date.now,
  });
  const items: Application[] = [];
  for (const [index, displayName] of PEOPLE.entries()) {
    const application = {
      id: `id-${(index * 3) % 5}`,
      appId: `app-${index}`,
      displayName,
      createdDateTime: new Date(Date.UTC(2026, 2, 1 + (index % 2))).toISOString(),
      appRoleAssignmentRequired: index % 2 === 0,
      appRoles: [],
      connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
      ...UNDESCRIBED_APPLICATION,
      description: index % 2 === 0 ? null : 'x',
      tags: index === 1 ? ['x', 'Other'] : [],
      onPremisesPublishing: {
        ...ON_PREMISES_PUBLISHING_DEFAULTS,
        externalUrl: `https://host-${index}.example.com/`,
        internalUrl: 'http://backend.internal/',
      },
    };
    items.push(await known.applications.create(application, context));
  }
  const order = fc.constantFrom(
    ...['displayName', 'description', 'createdDateTime', 'appRoleAssignmentRequired', 'id'].flatMap((field) => [
      field,
      `${field} desc`,
    ]),
  );
  const orders = fc.uniqueArray(order, { maxLength: 3, selector: (each) => each.split(' ')[0] });
  await fc.assert(
    fc.asyncProperty(filters, orders, async ($filter, by) => {
      const options = { $filter, $count: 'true' as const, $top: '2', ...(by.length > 0 && { $orderby: by.join(',') }) };
      const first = read(() => readListQuery(options, APPLICATION_COLUMNS));
      fc.pre(first !== null);
      let query: ListQuery | null = first;
      while (query !== null) {
        const kept = await known.applications.page(query);
        const own = pageOf(items, query, APPLICATION_COLUMNS, ({ id }) => id);
        expect({ ...own, items: own.items.map(({ id }) => id) }).toEqual({
          ...kept,
          items: kept.items.map(({ id }) => id),
        });
        query = kept.next === null ? null : { ...query, after: kept.next };
      }
    }),
    { numRuns: 500 },
  );
  await known.close();
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
