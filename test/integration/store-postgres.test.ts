import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type StoreChange, everyChange } from '../../src-service/store/database/database.ts';
import { openPostgresDatabase } from '../../src-service/store/database/postgres-database.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import type { ListPlace } from '../../src-service/store/list-query.ts';
import { type Store, openStore } from '../../src-service/store/store.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
import { makeSessionRecord } from '../helpers/make-session.ts';
import { type PostgresStore, type StartedPostgres, startPostgres } from '../helpers/start-postgres.ts';

const CONTEXT = serviceContext('test');
/** The lock that lets one change after the other in, on all nodes. */
const CHANGES_LOCK = 7_605_002;

let server: StartedPostgres;
let location: PostgresStore;
const sealingKey = randomBytes(32);
const opened: Store[] = [];

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

beforeEach(async () => {
  location = await server.makeDatabase();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

async function openNode(): Promise<{ store: Store; heard: StoreChange[] }> {
  const store = await openStore({ location, sealingKey, clock: Date.now });
  opened.push(store);
  const heard: StoreChange[] = [];
  store.onChange((change) => void heard.push(change));
  return { store, heard };
}

test('B63 what one node changes is heard by the others, once it is committed, and by itself once', async () => {
  const [a, b] = [await openNode(), await openNode()];
  const group = await a.store.connectorGroups.create(randomUUID(), 'Zürich', CONTEXT);
  await expect(a.store.connectorGroups.create(randomUUID(), 'ZÜRICH', CONTEXT)).rejects.toMatchObject({
    code: 'API_CONFLICT',
  });
  await a.store.sessions.create(makeSessionRecord({ id: 'one', userId: 'user-of-one' }));
  await b.store.sessions.remove('one');
  const expected = [
    { kind: 'connectorGroup', id: group.id },
    { kind: 'session', id: 'one' },
  ];
  await expect.poll(() => b.heard).toEqual(expected);
  await expect.poll(() => a.heard).toEqual(expected);
  expect(await b.store.connectorGroups.find(group.id)).toEqual(group);
});

test('a change of more than notifications hold has the other nodes load everything', async () => {
  const [a, b] = [await openNode(), await openNode()];
  const sessions = Array.from({ length: 3000 }, () =>
    makeSessionRecord({ id: randomBytes(60).toString('hex'), userId: 'many' }),
  );
  for (const session of sessions) await a.store.sessions.create(session);
  const ended = await a.store.userRevocations.revoke({ userId: 'many', providerId: 'default' }, null);
  expect(ended).toHaveLength(3000);
  await expect.poll(() => b.heard).toEqual(everyChange());
  expect(a.heard).toHaveLength(3001);
});

test('a database that goes away is told apart, and the nodes find it again and load what they may have missed', async () => {
  const { store, heard } = await openNode();
  await store.connectorGroups.create(randomUUID(), 'Before', CONTEXT);
  await server.crash();
  try {
    await expect(store.connectorGroups.list()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      kind: 'unreachable',
    });
    await expect(store.connectorGroups.create(randomUUID(), 'Lost', CONTEXT)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(store.health.state).toMatchObject({ isUp: false, reason: 'unreachable' });
  } finally {
    heard.length = 0;
    await server.start();
  }
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(everyChange());
  await expect.poll(() => store.health.state).toEqual({ isUp: true });
  expect((await store.connectorGroups.list()).map(({ name }) => name).toSorted()).toEqual(['Before', 'Default']);
  await store.connectorGroups.create(randomUUID(), 'After', CONTEXT);
});

test('a change waits for the lock of another node no longer than it should, while reads go on', async () => {
  const { store } = await openNode();
  const holder = await openPostgresDatabase(location);
  const { promise: done, resolve: letGo } = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = holder.db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(CHANGES_LOCK)})`.execute(transaction);
    held.resolve();
    await done;
  });
  await held.promise;
  const changes = Promise.allSettled(
    ['One', 'Two', 'Three'].map((name) => store.connectorGroups.create(randomUUID(), name, CONTEXT)),
  );
  expect(await store.connectorGroups.list()).toHaveLength(1);
  for (const outcome of await changes) {
    expect(outcome).toMatchObject({ reason: { code: 'STORE_UNAVAILABLE', kind: 'locked' } });
  }
  expect(store.health.state).toMatchObject({ reason: 'locked' });
  letGo();
  await holding;
  await store.connectorGroups.create(randomUUID(), 'Four', CONTEXT);
  expect(store.health.state).toEqual({ isUp: true });
  await holder.close();
});

test('a change that lost against another transaction is tried over, and given up in words', async () => {
  const database = await openPostgresDatabase(location);
  const lose = sql`do $$ begin raise exception 'could not serialize' using errcode = '40001'; end $$`;
  let runs = 0;
  const result = await database.change(async (transaction) => {
    runs += 1;
    if (runs < 3) await lose.execute(transaction);
    return 'done';
  });
  expect([result, runs]).toEqual(['done', 3]);
  await expect(database.change((transaction) => lose.execute(transaction))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    kind: 'locked',
  });
  await database.close();
});

test('names order and compare alike whatever the locale of the database, and pages go on behind what has no name', async () => {
  const { store } = await openNode();
  for (const name of ['ärzte', 'Zürich', 'ÄRZTE 2', '100%', '100 x', 'apfel']) {
    await store.connectorGroups.create(randomUUID(), name, CONTEXT);
  }
  const find = async (value: string) => {
    const conditions = [{ field: 'name', operator: 'startswith' as const, value }];
    const page = await store.connectorGroups.page({ conditions, orderBy: [], top: 9, after: null });
    return page.items.map(({ name }) => name).toSorted();
  };
  expect(await find('Ä')).toEqual(['ÄRZTE 2', 'ärzte']);
  expect(await find('100%')).toEqual(['100%']);
  const orderBy = [{ field: 'name', isDescending: false }];
  const names: string[] = [];
  let after: ListPlace | null = null;
  do {
    const page = await store.connectorGroups.page({ conditions: [], orderBy, top: 2, after });
    names.push(...page.items.map(({ name }) => name));
    after = page.next;
  } while (after !== null);
  expect(names).toEqual(['100 x', '100%', 'apfel', 'Default', 'Zürich', 'ärzte', 'ÄRZTE 2']);

  for (let count = 0; count < 5; count += 1) {
    const record = {
      id: randomUUID(),
      displayName: count < 3 ? null : `Token ${count}`,
      connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
      maxUses: 1,
      uses: 0,
      createdAtMs: 1,
      expiresAtMs: 2,
      createdBy: 'a',
    };
    await store.enrolmentTokens.create(record, randomUUID(), CONTEXT);
  }
  const seen: (string | null)[] = [];
  let next: ListPlace | null = null;
  do {
    const query = { conditions: [], orderBy: [{ field: 'displayName', isDescending: false }], top: 2, after: next };
    const page = await store.enrolmentTokens.page(query);
    seen.push(...page.items.map(({ displayName }) => displayName));
    next = page.next;
  } while (next !== null);
  expect(seen).toEqual([null, null, null, 'Token 3', 'Token 4']);
});
