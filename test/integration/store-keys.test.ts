import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type StoreLocation, openDatabase } from '../../src-service/store/database/open-database.ts';
import { findSealingKeys } from '../../src-service/store/find-sealing-keys.ts';
import { SEALED_COLUMNS, countSealedValues, resealValues } from '../../src-service/store/sealed-values.ts';
import { Sealer } from '../../src-service/store/sealer.ts';
import { fixedSealingKeys } from '../../src-service/store/sealing-keys.ts';
import { openStore } from '../../src-service/store/store.ts';
import { makeApiClient } from '../helpers/api-client.ts';
import { makeSessionRecord } from '../helpers/make-session.ts';
import { runTool } from '../helpers/run-tool.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { startProvider } from '../helpers/start-provider.ts';
import { startService } from '../helpers/start-service.ts';
import { STORE_KINDS, type StorePlace } from '../helpers/store-kinds.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
const SESSIONS = 250;

describe.each(STORE_KINDS)('on $kind', ({ open: openPlace }) => {
  let place: StorePlace;
  let location: StoreLocation;
  const stack: (() => unknown)[] = [];

  beforeAll(async () => {
    place = await openPlace();
  });

  afterAll(() => place.close());

  beforeEach(async () => {
    location = await place.makeLocation();
  });

  afterEach(async () => {
    for (const end of stack.splice(0).toReversed()) await end();
  });

  test('B15 sealing keys change beside a running service, whose sessions go on, and the old one is removed', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
    stack.push(() => rmSync(dataFolder, { recursive: true }));
    const provider = await startProvider();
    stack.push(() => provider.close());
    const options = { provider, dataFolder, configuration: { store: location } };
    let service = await startService(options);
    stack.push(() => service.close());
    const api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
    const url = service.externalUrl('app');
    const publishing = { externalUrl: url, internalUrl: 'http://app.internal/' };
    const application = { displayName: 'App', appRoleAssignmentRequired: false, onPremisesPublishing: publishing };
    expect((await api('POST', '/applications', application)).status).toBe(201);
    const browser = new SignInBrowser();
    await browser.signIn(url, provider.user('alice'));

    const file = join(dataFolder, 'cli.json');
    const { issuer, authority } = provider;
    const configuration = {
      publicUrl: service.url,
      applicationsDomain: 'postern.localhost',
      dataFolder,
      store: location,
      identityProvider: { issuer, clientId: 'x', clientSecret: 'x' },
      administrators: { issuer, authority, clientId: 'x', apiAudience: 'x', apiScope: 'x' },
    };
    writeFileSync(file, JSON.stringify(configuration));
    const keys = (...args: string[]) =>
      runTool(process.execPath, ['src-service/main.ts', '--config', file, 'keys', ...args, '--json']);
    const list = async (): Promise<{ id: string; values: number }[]> => JSON.parse((await keys('list')).stdout).keys;

    const [old] = await list();
    if (old === undefined) throw new Error('There is no key.');
    expect(old.values).toBeGreaterThan(2);
    expect(await keys('remove', old.id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('newest') as string,
    });
    const added = await keys('add');
    expect(added).toMatchObject({ code: 0, stderr: expect.not.stringContaining('postern-service:') as string });
    const { added: id } = JSON.parse(added.stdout) as { added: string };
    expect(await keys('remove', old.id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('rotate') as string,
    });
    const rotated = await keys('rotate');
    // The service beside it seals the tokens of a session anew by itself, where it renews the session meanwhile.
    expect(JSON.parse(rotated.stdout).sealedAnew).toBeGreaterThan(0);
    expect(await list()).toMatchObject([{ id }, { id: old.id, values: 0 }]);
    expect((await keys('remove', old.id)).code).toBe(0);
    expect((await list()).map((key) => key.id)).toEqual([id]);

    expect((await browser.get(url)).status).toBe(LET_THROUGH);
    const another = new SignInBrowser();
    expect((await another.signIn(url, provider.user('bob'))).status).toBe(LET_THROUGH);
    expect((await list()).map((key) => key.id)).toEqual([id]);
    await service.close();
    service = await startService(options);
    expect((await browser.get(service.externalUrl('app'))).status).toBe(LET_THROUGH);
    expect(readFileSync(join(dataFolder, 'sealing.key'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  test('a rotation that was broken off goes on where it was, and values of before there were ids open too', async () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const store = await openStore({ location, sealingKey: old, clock: Date.now });
    for (let count = 0; count < SESSIONS; count += 1) {
      await store.sessions.create(makeSessionRecord({ id: `session-${count}`, idToken: `token-${count}` }));
    }
    await store.close();
    const database = await openDatabase(location);
    stack.push(() => database.close());
    const keys = fixedSealingKeys([fresh, old]);
    let changes = 0;
    const breaking = {
      ...database,
      change: (async (work) => {
        changes += 1;
        if (changes === 2) throw new Error('the process was killed');
        return database.change(work);
      }) as typeof database.change,
    };
    await expect(resealValues(breaking, new Sealer(keys))).rejects.toThrow('killed');
    const [newId = '', oldId = ''] = keys.list().map(({ id }) => id);
    const half = await countSealedValues(database);
    expect(half.get(newId)).toBe(100);
    expect(await resealValues(database, new Sealer(keys))).toBe(SESSIONS - 100 + 1);
    expect([...(await countSealedValues(database))]).toEqual([[newId, SESSIONS + 1]]);
    expect(half.get(oldId)).toBe(SESSIONS - 100 + 1);
    const after = await openStore({ location, sealingKey: fresh, clock: Date.now });
    expect((await after.sessions.find('session-7'))?.idToken).toBe('token-7');
    await after.close();
    await expect(openStore({ location, sealingKey: old, clock: Date.now })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(newId) as string,
    });
  });

  test('every column that may hold a sealed value is rotated', async () => {
    const database = await openDatabase(location);
    stack.push(() => database.close());
    const found: string[] = [];
    for (const { name, columns } of await database.db.introspection.getTables()) {
      for (const column of columns) {
        if (['blob', 'bytea'].includes(column.dataType.toLowerCase())) found.push(`${name}.${column.name}`);
      }
    }
    const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
    // Pictures are no secrets.
    const left = found.filter((place) => place !== 'application_logos.octets' && !known.includes(place));
    expect(left).toEqual([]);
    expect(found).toContain('keys.secret');
  });
});

test('sealing keys come from the configuration, a file, a credential of systemd or the data folder, in this order', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
  const write = (name: string): string => {
    const key = randomBytes(32).toString('base64');
    writeFileSync(join(folder, name), `${key}\n`, { mode: 0o600 });
    return key;
  };
  const first = (sealing: { keys?: string[]; keyFile?: string }, environment: Record<string, string> = {}) =>
    Buffer.from(findSealingKeys({ sealing, dataFolder: folder }, environment).list()[0]?.bytes ?? []).toString(
      'base64',
    );
  const credentials = { CREDENTIALS_DIRECTORY: join(folder, 'credentials') };
  const own = write('sealing.key');
  expect(first({}, credentials)).toBe(own);
  mkdirSync(credentials.CREDENTIALS_DIRECTORY);
  const credential = write('credentials/postern-sealing-key');
  expect(first({}, credentials)).toBe(credential);
  const keyFile = write('own.key');
  expect(first({ keyFile: join(folder, 'own.key') }, credentials)).toBe(keyFile);
  const key = randomBytes(32).toString('base64');
  expect(first({ keys: [key], keyFile: join(folder, 'own.key') }, credentials)).toBe(key);
  expect(() => first({ keyFile: join(folder, 'none.key') })).toThrow('none.key');
  rmSync(folder, { recursive: true });
});

test('a value of before keys had ids opens still', () => {
  const key = Buffer.from('cG9zdGVybi1zbmFwc2hvdC1zZWFsaW5nLWtleS0wMDE=', 'base64');
  const snapshot = readFileSync(new URL('../fixtures/store-0003.sqlite.sql', import.meta.url), 'utf8');
  const sealed = /'sealingKeyCheck', 0, x'([\da-f]+)'/.exec(snapshot)?.[1] ?? '';
  const sealer = new Sealer(fixedSealingKeys([randomBytes(32), key]));
  const value = Buffer.from(sealed, 'hex');
  expect(Buffer.from(sealer.open(value, 'sealingKeyCheck')).toString()).toBe('postern');
  expect(sealer.isStale(value)).toBe(true);
});
