import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoreLocation } from '../../src-service/store/database/open-database.ts';
import { hashEnrolmentToken } from '../../src-service/store/enrolment-token-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import { type Store, openStore, openStoreBeside } from '../../src-service/store/store.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
import { DEFAULT_APP_ROLE_ID } from '../../src-shared/publishing/app-roles.ts';
import { STORE_KINDS, type StorePlace } from '../helpers/store-kinds.ts';

/** When the snapshot was taken, and the key that sealed its secrets. */
const NOW_MS = Date.parse('2026-11-01T08:00:00Z');
const SEALING_KEY = Buffer.from('cG9zdGVybi1zbmFwc2hvdC1zZWFsaW5nLWtleS0wMDE=', 'base64');
const CONTEXT = serviceContext('test');
const EVERYTHING = { conditions: [], orderBy: [], top: 100, after: null };
const id = (number: number): string => `aaaaaaaa-0000-4000-8000-${String(number).padStart(12, '0')}`;

describe.each(STORE_KINDS)('on $kind', ({ open: openPlace }) => {
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
    return openStore({ location, sealingKey: SEALING_KEY, clock: () => NOW_MS });
  }

  async function run(sql: string): Promise<object[]> {
    if (location.kind === 'postgres') return (await place.server?.query(location, sql)) ?? [];
    const database = new DatabaseSync(location.file);
    try {
      if (!sql.startsWith('select')) return (database.exec(sql), []);
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  }

  /** A database as version 0003 of the schema left it, with what its records had written. */
  async function loadSnapshot(): Promise<void> {
    const kind = location.kind === 'sqlite' ? 'sqlite' : 'postgres';
    await run(readFileSync(new URL(`../fixtures/store-0003.${kind}.sql`, import.meta.url), 'utf8'));
  }

  const openBeside = (isMade?: boolean): Promise<Store> =>
    openStoreBeside({ location, sealingKey: SEALING_KEY, clock: () => NOW_MS }, isMade);
  const NOTES = 'select name from kysely_migration order by name';

  test('a command beside the service changes no schema: it says of which version the store is, and what to do', async () => {
    await loadSnapshot();
    const before = await run(NOTES);
    for (const isMade of [false, true]) {
      await expect(openBeside(isMade)).rejects.toThrow(/older version.*0003_application_addresses.*Start the service/);
    }
    expect(await run(NOTES)).toEqual(before);
    await (await open()).close();
    const beside = await openBeside();
    expect(await beside.applications.list()).toHaveLength(2);
    await beside.close();
  });

  test('where there is no store, such a command sees an empty one and makes none unless it is to', async () => {
    const empty = await openBeside();
    expect(await empty.connectorGroups.list()).toMatchObject([{ id: DEFAULT_CONNECTOR_GROUP_ID }]);
    await empty.close();
    if (location.kind === 'sqlite') expect(existsSync(location.file)).toBe(false);
    else await expect(run(NOTES)).rejects.toThrow('kysely_migration');
    const made = await openBeside(true);
    expect(await made.connectorGroups.list()).toHaveLength(1);
    await made.close();
    expect(await run(NOTES)).not.toEqual([]);
  });

  test('a database with data from before this version is read and changed by this one', async () => {
    await loadSnapshot();
    const store = await open();
    expect(await store.connectorGroups.list()).toMatchObject([
      { id: DEFAULT_CONNECTOR_GROUP_ID, isDefault: true },
      { id: id(1), name: 'Zürich' },
    ]);
    const [wiki, erp] = (await store.applications.list()).toSorted((a, b) => a.id.localeCompare(b.id));
    expect(wiki).toMatchObject({
      displayName: 'Ärzte-Wiki',
      createdDateTime: '2026-11-01T08:00:00.000Z',
      appRoleAssignmentRequired: true,
      appRoles: [],
      connectorGroupId: id(1),
      onPremisesPublishing: { externalUrl: 'https://wiki.example.com/', isPersistentCookieEnabled: true },
    });
    expect(erp).toMatchObject({ displayName: "ERP of O'Neill & Söhne", appRoleAssignmentRequired: false });
    const assignments = (await store.assignments.list()).toSorted((a, b) => a.id.localeCompare(b.id));
    expect(assignments).toMatchObject([
      { principalId: 'id-alice', principalType: 'User', appRoleId: DEFAULT_APP_ROLE_ID, resourceId: id(10) },
      { principalId: 'group-doctors', principalType: 'Group', appRoleId: DEFAULT_APP_ROLE_ID },
    ]);
    expect(await store.connectors.list()).toMatchObject([
      { id: id(50), connectorGroupId: id(1), version: '0.1.1', externalIp: '192.0.2.7', lastSeenAtMs: NOW_MS },
    ]);
    expect((await store.enrolmentTokens.page(EVERYTHING)).items).toMatchObject([{ maxUses: 3, uses: 1 }]);
    expect(await store.users.findAll('id-alice')).toMatchObject([{ displayName: 'Alice Ärmel' }]);
    expect(await store.sessions.find('session-of-alice')).toMatchObject({
      groups: ['group-doctors'],
      roles: ['Reader'],
      providerSessionId: 'sid-1',
      idToken: 'header.payload.signature',
    });
    const [cookieKey] = await store.keys.list('cookie');
    expect(Buffer.from(cookieKey?.secret ?? []).toString()).toBe('0123456789abcdef0123456789abcdef');
    expect((await store.certificates.openPrivateKey(id(60))).asymmetricKeyType).toBe('ec');
    expect(await store.acmeHosts.list()).toMatchObject([
      { certificateId: id(60), failures: 2, lastProblem: 'timeout' },
    ]);
    const audit = await store.audit.page({ ...EVERYTHING, orderBy: [{ field: 'sequence', isDescending: false }] });
    expect(audit.items).toHaveLength(9);
    expect(audit.items[0]?.initiatedBy).toMatchObject({ displayName: 'Ada Administratorin', kind: 'user' });

    // What belongs together still does.
    if (erp === undefined) throw new Error('The application is gone.');
    const again = { ...erp, id: randomUUID(), appId: randomUUID() };
    again.onPremisesPublishing = {
      ...erp.onPremisesPublishing,
      externalUrl: 'https://login.example.com/erp/',
      segmentsConfiguration: null,
    };
    await expect(store.applications.create(again, CONTEXT)).rejects.toMatchObject({ code: 'API_INVALID' });
    await store.applications.remove(erp.id, CONTEXT);
    await store.applications.create(again, CONTEXT);
    await expect(store.connectorGroups.remove(id(1), CONTEXT)).rejects.toMatchObject({ code: 'API_IN_USE' });
    const connector = await store.connectors.find(id(50));
    if (connector === null) throw new Error('The connector is gone.');
    await store.connectors.enrol({ ...connector, id: id(51) }, hashEnrolmentToken('snapshot-token'), CONTEXT);
    const after = await store.audit.page({ ...EVERYTHING, orderBy: [{ field: 'sequence', isDescending: true }] });
    expect(after.items.map(({ activityDisplayName }) => activityDisplayName).slice(0, 4)).toEqual([
      'connector.enrol',
      'application.create',
      'application.delete',
      'certificate.create',
    ]);
    await store.applications.remove(id(10), CONTEXT);
    expect(await store.assignments.list()).toEqual([]);
    await store.close();
  });

  test('revocations from before they knew providers hold for everybody with the id', async () => {
    const before = await open();
    for (const identityProviderId of ['default', 'partners']) {
      await before.users.upsert({ id: 'twice', identityProviderId, displayName: '', userPrincipalName: '' });
    }
    await before.close();
    await run('drop table user_revocations');
    await run('create table user_revocations (user_id text primary key, revoked_before_ms bigint not null)');
    await run("insert into user_revocations values ('twice', 1), ('unknown', 2)");
    await run("delete from kysely_migration where name = '0014_provider_revocations'");
    const store = await open();
    const revocations = await store.userRevocations.list(10);
    expect(revocations).toHaveLength(3);
    expect(revocations).toEqual(
      expect.arrayContaining([
        { userId: 'unknown', providerId: 'default', revokedBeforeMs: 2 },
        { userId: 'twice', providerId: 'default', revokedBeforeMs: 1 },
        { userId: 'twice', providerId: 'partners', revokedBeforeMs: 1 },
      ]),
    );
    await store.close();
  });

  test('nodes that start at once on one database migrate it once', async () => {
    await loadSnapshot();
    const stores = await Promise.all([open(), open(), open()]);
    for (const store of stores) expect(await store.applications.list()).toHaveLength(2);
    for (const store of stores) await store.close();
  });

  test('a database that is newer than the program is refused, and left as it is', async () => {
    await (await open()).close();
    await run("insert into kysely_migration (name, timestamp) values ('0999_future', '2030-01-01T00:00:00.000Z')");
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/newer than this program.*0999_future.*backup/) as string,
    });
    await run("delete from kysely_migration where name = '0999_future'");
    await (await open()).close();
  });

  test('a migration that fails leaves the database as it was', async () => {
    await loadSnapshot();
    // In the way of a table that a later migration makes.
    await run('create table app_role_assignments_new (id text)');
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('0006_app_roles') as string,
    });
    expect(await run('select name from kysely_migration')).toHaveLength(3);
    await run('drop table app_role_assignments_new');
    const store = await open();
    expect(await store.applications.list()).toHaveLength(2);
    await store.close();
  });
});
