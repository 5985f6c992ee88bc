import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AuditHead, EMPTY_AUDIT, readAudit } from '../../src-service/store/audit-chain.ts';
import { type StoreLocation, openDatabase } from '../../src-service/store/database/open-database.ts';
import { type Store, openStore } from '../../src-service/store/store.ts';
import { type ChangeContext, serviceContext } from '../../src-service/store/unit-of-work.ts';
import { type AuditVerdict, type ExpectedHead, verifyAudit } from '../../src-service/store/verify-audit.ts';
import { runTool } from '../helpers/run-tool.ts';
import { STORE_KINDS, type StorePlace } from '../helpers/store-kinds.ts';

const SEALING_KEY = randomBytes(32);
const CONTEXT = serviceContext('test');
const RECORDS = 7;
/** Several processes start one after the other. */
const COMMANDS_MS = 120_000;

describe.each(STORE_KINDS)('the audit on $kind', ({ open: openPlace }) => {
  let place: StorePlace;
  let location: StoreLocation;

  beforeAll(async () => {
    place = await openPlace();
  });

  afterAll(() => place.close());

  beforeEach(async () => {
    location = await place.makeLocation();
  });

  function open(): Promise<Store> {
    return openStore({ location, sealingKey: SEALING_KEY, clock: Date.now });
  }

  async function run(sql: string): Promise<void> {
    if (location.kind === 'postgres') return void (await place.server?.query(location, sql));
    const database = new DatabaseSync(location.file);
    try {
      database.exec(sql);
    } finally {
      database.close();
    }
  }

  /** Changes records as somebody would who may do anything in the database. */
  async function tamper(sql: string): Promise<void> {
    const triggers = location.kind === 'postgres' ? ['change', 'truncate', 'insert'] : ['update', 'delete', 'insert'];
    const on = location.kind === 'postgres' ? ' on audit_records' : '';
    await run(`${triggers.map((name) => `drop trigger audit_records_${name}${on};`).join(' ')} ${sql}`);
  }

  async function verify(expected: ExpectedHead | null = null): Promise<AuditVerdict> {
    const database = await openDatabase(location);
    try {
      return await verifyAudit(readAudit(database.db), expected);
    } finally {
      await database.close();
    }
  }

  /** A store in which something happened. @returns the head of its audit */
  async function fill(): Promise<AuditHead> {
    const store = await open();
    for (let count = 0; count < RECORDS; count += 1) {
      await store.connectorGroups.create(randomUUID(), `Group ${count} of O'Neill & Söhne 🧂`, CONTEXT);
    }
    await store.close();
    const { records, head, fault } = await verify();
    expect({ records, fault }).toEqual({ records: RECORDS, fault: null });
    return head;
  }

  test('is a chain, through failed changes, several in one, and odd names', async () => {
    expect(await verify()).toEqual({ records: 0, head: EMPTY_AUDIT, fault: null });
    const store = await open();
    const actor = { id: 'half a pair: \ud800', displayName: 'NUL: \0, "quoted" \\', kind: 'user' } as const;
    const context: ChangeContext = { actor, activityId: randomUUID(), clientAddress: '192.0.2.1' };
    await store.connectorGroups.create(randomUUID(), 'First', context);
    await expect(store.connectorGroups.create(randomUUID(), 'First', context)).rejects.toThrow('First');
    await store.changeTogether(context, async ({ connectorGroups }) => {
      await connectorGroups.create(randomUUID(), 'Second', context);
      await connectorGroups.create(randomUUID(), 'Third', context);
    });
    const { items } = await store.audit.page({
      conditions: [],
      orderBy: [{ field: 'sequence', isDescending: false }],
      top: 9,
      after: null,
    });
    expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(items.map(({ previousHash }) => previousHash)).toEqual([EMPTY_AUDIT.hash, items[0]?.hash, items[1]?.hash]);
    await store.close();
    expect(await verify()).toMatchObject({ records: 3, fault: null });
  });

  test('is one chain when two nodes of the service change things at once', async () => {
    const [one, other] = await Promise.all([open(), open()]);
    const changes = Array.from({ length: 20 }, (_, count) =>
      (count % 2 === 0 ? one : other).connectorGroups.create(randomUUID(), `Group ${count}`, CONTEXT),
    );
    await Promise.all(changes);
    for (const store of [one, other]) await store.close();
    expect(await verify()).toMatchObject({ records: 20, head: { sequence: 20 }, fault: null });
  });

  test('takes no change, no deletion and nothing that does not follow', async () => {
    const head = await fill();
    await expect(run("update audit_records set actor_id = 'mallory'")).rejects.toThrow('neither changed nor deleted');
    await expect(run('delete from audit_records where sequence = 3')).rejects.toThrow('neither changed nor deleted');
    if (location.kind === 'postgres') await expect(run('truncate audit_records')).rejects.toThrow('neither changed');
    const columns = `actor_id, actor_display_name, actor_kind, client_address, action, target_kind, target_id, before, after`;
    const copy = (previous: string, hash: string) =>
      `insert into audit_records (sequence, id, at_ms, activity_id, ${columns}, previous_hash, hash)
       select 8, 'new', at_ms, activity_id, ${columns}, ${previous}, ${hash} from audit_records where sequence = 7`;
    await expect(run(copy('previous_hash', 'hash'))).rejects.toThrow('must follow the last one');
    await expect(run(copy('hash', "''"))).rejects.toThrow('must follow the last one');
    expect(await verify(head)).toMatchObject({ records: RECORDS, head, fault: null });
  });

  test('a record that was changed is named, whatever was changed of it', async () => {
    await fill();
    await tamper('create table kept_records as select * from audit_records');
    for (const [sequence, change] of [
      [4, 'at_ms = at_ms + 1'],
      [1, "actor_id = 'somebody else'"],
      [5, "client_address = '198.51.100.1'"],
      [2, "action = 'connectorGroup.delete'"],
      [7, "after = replace(after, 'O', '0')"],
      [3, "before = '{}'"],
      [6, 'hash = previous_hash'],
    ] as const) {
      await run(`update audit_records set ${change} where sequence = ${sequence}`);
      expect([change, await verify()]).toMatchObject([
        change,
        { records: sequence - 1, fault: { sequence, kind: 'changed' } },
      ]);
      await run('delete from audit_records; insert into audit_records select * from kept_records');
      expect(await verify()).toMatchObject({ records: RECORDS, fault: null });
    }
  });

  test('where a record was deleted, the one behind it is named', async () => {
    await fill();
    await tamper('delete from audit_records where sequence = 3');
    expect(await verify()).toMatchObject({ records: 2, fault: { sequence: 4, kind: 'notFollowing' } });
    await run('delete from audit_records where sequence < 3');
    expect(await verify()).toMatchObject({ records: 0, fault: { sequence: 4, kind: 'notFollowing' } });
  });

  test('records that changed places are named', async () => {
    await fill();
    await tamper(`update audit_records set sequence = 100 where sequence = 3;
      update audit_records set sequence = 3 where sequence = 5; update audit_records set sequence = 5 where sequence = 100`);
    expect(await verify()).toMatchObject({ records: 2, fault: { sequence: 3, kind: 'changed' } });
  });

  test('a head that was kept elsewhere shows that the end was cut off, or all was written anew', async () => {
    const head = await fill();
    const store = await open();
    await store.connectorGroups.create(randomUUID(), 'Later', CONTEXT);
    await store.close();
    expect(await verify(head)).toMatchObject({ records: RECORDS + 1, fault: null });
    expect(await verify({ ...head, sequence: null })).toMatchObject({ fault: null });
    expect(await verify({ ...head, sequence: 6 })).toMatchObject({ fault: { sequence: 6, kind: 'headMissing' } });

    await tamper('delete from audit_records where sequence > 5');
    expect(await verify()).toMatchObject({ records: 5, fault: null });
    expect(await verify(head)).toMatchObject({ records: 5, fault: { sequence: 7, id: null, kind: 'headMissing' } });
    expect(await verify({ ...head, sequence: null })).toMatchObject({ fault: { sequence: 6, kind: 'headMissing' } });

    // What goes on from there is a chain of its own.
    const again = await open();
    for (const name of ['A', 'B', 'C']) await again.connectorGroups.create(randomUUID(), name, CONTEXT);
    await again.close();
    expect(await verify()).toMatchObject({ records: 8, fault: null });
    expect(await verify(head)).toMatchObject({ records: 6, fault: { sequence: 7, kind: 'headMissing' } });
  });

  test('records of a database from before the chain are bound when it is brought up to date', async () => {
    const kind = location.kind === 'sqlite' ? 'sqlite' : 'postgres';
    await run(readFileSync(new URL(`../fixtures/store-0003.${kind}.sql`, import.meta.url), 'utf8'));
    expect(await verify()).toMatchObject({ records: 9, head: { sequence: 9 }, fault: null });
    await tamper("update audit_records set actor_display_name = 'Nobody' where sequence = 2");
    expect(await verify()).toMatchObject({ records: 1, fault: { sequence: 2, kind: 'changed' } });
  });

  test(
    'the command says how it stands, by exit code too',
    async () => {
      const head = await fill();
      const store =
        location.kind === 'sqlite'
          ? { POSTERN_STORE_FILE: location.file }
          : {
              POSTERN_STORE_KIND: 'postgres',
              POSTERN_STORE_HOST: location.host ?? '',
              POSTERN_STORE_PORT: String(location.port),
              POSTERN_STORE_USER: location.user ?? '',
              POSTERN_STORE_DATABASE: location.database ?? '',
            };
      const audit = (...args: string[]) =>
        runTool(process.execPath, ['src-service/main.ts', 'audit', ...args], {
          environment: {
            POSTERN_DATA_FOLDER: tmpdir(),
            POSTERN_PUBLIC_URL: 'https://postern.example.com',
            POSTERN_APPLICATIONS_DOMAIN: 'apps.example.com',
            POSTERN_ADMINISTRATORS_AUTHORITY: 'https://login.example.com',
            POSTERN_ADMINISTRATORS_CLIENT_ID: 'client',
            POSTERN_ADMINISTRATORS_API_AUDIENCE: 'x',
            POSTERN_ADMINISTRATORS_API_SCOPE: 'x',
            POSTERN_ADMINISTRATORS_ISSUER: 'https://login.example.com',
            POSTERN_IDENTITY_PROVIDER_CLIENT_SECRET: 'x',
            POSTERN_IDENTITY_PROVIDER_ISSUER: 'https://login.example.com',
            POSTERN_IDENTITY_PROVIDER_CLIENT_ID: 'client',
            ...store,
          },
        });
      const kept = `${head.hash}:${head.sequence}`;
      const sound = await audit('verify', '--expect', kept);
      expect(sound).toMatchObject({
        stderr: '',
        code: 0,
        stdout: expect.stringContaining('7 records, each as') as string,
      });
      expect(sound.stdout).toContain(`Head: ${kept}`);
      await tamper('delete from audit_records where sequence = 7');
      const cut = await audit('verify', '--expect', kept, '--json');
      expect([cut.stderr, cut.code]).toEqual(['', 2]);
      expect(JSON.parse(cut.stdout)).toMatchObject({
        isSound: false,
        records: 6,
        head: expect.stringMatching(/^[0-9a-f]{64}:6$/) as string,
        fault: { sequence: 7, message: expect.stringContaining('cut off after record 6') as string },
      });
      expect(await audit('verify', '--expect', 'beef')).toMatchObject({ code: 1 });
    },
    COMMANDS_MS,
  );
});
