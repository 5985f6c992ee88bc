import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoreLocation } from '../../src-service/store/database/open-database.ts';
import { hashEnrolmentToken } from '../../src-service/store/enrolment-token-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import { makeSessionRecord } from '../helpers/make-session.ts';
import { Sealer } from '../../src-service/store/sealer.ts';
import { SealingKeyFile } from '../../src-service/store/sealing-key-file.ts';
import { fixedSealingKeys } from '../../src-service/store/sealing-keys.ts';
import { type Store, openStore } from '../../src-service/store/store.ts';
import { type StoreChange, serviceContext } from '../../src-service/store/unit-of-work.ts';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import { type Application, ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import { STORE_KINDS, type StorePlace } from '../helpers/store-kinds.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const CONTEXT = serviceContext('test');

function makeApplication(externalUrl: string): Application {
  return {
    id: randomUUID(),
    appId: randomUUID(),
    displayName: 'Wiki',
    createdDateTime: new Date(NOW_MS).toISOString(),
    appRoleAssignmentRequired: true,
    appRoles: [],
    connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
    ...UNDESCRIBED_APPLICATION,
    onPremisesPublishing: { ...ON_PREMISES_PUBLISHING_DEFAULTS, externalUrl, internalUrl: 'http://wiki.internal/' },
  };
}

function makeConnector() {
  return {
    id: randomUUID(),
    displayName: 'Cellar',
    machineName: 'cellar',
    version: '1',
    connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
    certificateSerial: '01',
    certificateExpiresAtMs: NOW_MS + 1,
    createdAtMs: NOW_MS,
    lastSeenAtMs: null,
    externalIp: null,
  };
}

describe.each(STORE_KINDS)('on $kind', ({ open: openPlace }) => {
  let place: StorePlace;
  let location: StoreLocation;
  let sealingKey: Uint8Array;
  let store: Store;

  beforeAll(async () => {
    place = await openPlace();
  });

  afterAll(() => place.close());

  beforeEach(async () => {
    location = await place.makeLocation();
    sealingKey = randomBytes(32);
    store = await open();
  });

  afterEach(() => store.close());

  function open(key = sealingKey): Promise<Store> {
    return openStore({ location, sealingKey: key, clock: () => NOW_MS });
  }

  /** All that lies in the store's files, or in the rows that could hold a secret. */
  async function readEverything(): Promise<string[]> {
    if (location.kind === 'sqlite') return globSync(`${location.file}*`).map((file) => readFileSync(file, 'latin1'));
    const rows = await place.server?.query(
      { ...location, kind: 'postgres' },
      `select encode(secret, 'escape') as text from keys union all select encode(id_token, 'escape') from sessions union all select encode(refresh_token, 'escape') from sessions`,
    );
    expect(rows).toHaveLength(3);
    return (rows as { text: string }[]).map(({ text }) => text);
  }

  async function makeToken(maxUses: number, expiresAtMs: number): Promise<string> {
    const hash = hashEnrolmentToken(randomUUID());
    const record = {
      id: randomUUID(),
      displayName: null,
      connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
      maxUses,
      uses: 0,
      createdAtMs: NOW_MS,
      expiresAtMs,
      createdBy: 'a',
    };
    await store.enrolmentTokens.create(record, hash, CONTEXT);
    return hash;
  }

  test('what was written is there when it is opened again, and Default was there from the start', async () => {
    const application = makeApplication('http://wiki.example.com/');
    await store.applications.create(application, CONTEXT);
    await store.close();
    store = await open();
    expect(await store.applications.list()).toEqual([application]);
    expect(await store.connectorGroups.list()).toMatchObject([{ name: 'Default', isDefault: true }]);
  });

  test('B15 the files hold no secret in clear, and another key opens nothing', async () => {
    const secret = 'the-very-secret-key-material';
    await store.keys.add('cookie', Buffer.from(secret), null);
    const session = makeSessionRecord({
      id: 'session-1',
      createdAtMs: NOW_MS,
      expiresAtMs: NOW_MS + 1000,
      providerSessionId: 'sid',
      signedOutHosts: { 'app.example': NOW_MS },
      amr: ['pwd', 'mfa'],
      idToken: 'header.payload-of-the-id-token.signature',
      refreshToken: 'the-refresh-token-itself',
    });
    await store.sessions.create(session);
    expect(await store.sessions.find('session-1')).toEqual(session);
    await store.close();
    for (const content of await readEverything()) {
      expect(content).not.toContain(secret);
      expect(content).not.toContain('payload-of-the-id-token');
      expect(content).not.toContain('the-refresh-token-itself');
    }
    await expect(open(randomBytes(32))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    store = await open();
    expect(Buffer.from((await store.keys.list('cookie'))[0]?.secret ?? []).toString()).toBe(secret);
  });

  test('B1 two applications at once: the database gives an external URL to one of them', async () => {
    const urls = [
      'http://wiki.example.com/',
      'HTTP://WIKI.example.com:80/',
      'https://wiki.example.com/',
      'http://wiki.example.com/a/',
    ];
    const outcomes = await Promise.allSettled(
      urls.map((url) => store.applications.create(makeApplication(url), CONTEXT)),
    );
    // Which of the three that are one address comes first is the database's business.
    const statuses = outcomes.map(({ status }) => status);
    expect(statuses.slice(0, 3).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(statuses[3]).toBe('fulfilled');
    for (const outcome of outcomes.filter(({ status }) => status === 'rejected')) {
      expect(outcome).toMatchObject({ reason: { code: 'API_INVALID', target: 'onPremisesPublishing.externalUrl' } });
    }
  });

  test('B61 of many connectors at once a token lets in as many as it allows', async () => {
    const hash = await makeToken(3, NOW_MS + 1);
    const attempts = Array.from({ length: 10 }, () => store.connectors.enrol(makeConnector(), hash, CONTEXT));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await store.connectors.list()).toHaveLength(3);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ENROLMENT_TOKEN_USED' },
    });
  });

  test('B61 an expired token and an unknown one are told apart', async () => {
    const expired = await makeToken(3, NOW_MS);
    await expect(store.connectors.enrol(makeConnector(), expired, CONTEXT)).rejects.toMatchObject({
      code: 'ENROLMENT_TOKEN_EXPIRED',
    });
    await expect(store.connectors.enrol(makeConnector(), 'no', CONTEXT)).rejects.toMatchObject({
      code: 'ENROLMENT_TOKEN_INVALID',
    });
  });

  test('B1 B7 an address that another process of the service has taken is refused, and free again when it is given up', async () => {
    const other = await open();
    const segment = { internalUrl: 'http://wiki.internal/', alternateUrl: null, corsConfigurations: [] };
    const taken = makeApplication('http://*.a.example.com/');
    taken.onPremisesPublishing.segmentsConfiguration = {
      applicationSegments: [{ ...segment, externalUrl: 'http://b.example.com/%70ath/' }],
    };
    await other.applications.create(taken, CONTEXT);
    const wanted = makeApplication('http://b.example.com/path/');
    await expect(store.applications.create(wanted, CONTEXT)).rejects.toMatchObject({
      code: 'API_INVALID',
      target: 'onPremisesPublishing.externalUrl',
      message: expect.stringContaining('"Wiki"') as string,
    });
    await other.applications.update(taken.id, { onPremisesPublishing: { segmentsConfiguration: null } }, CONTEXT);
    await store.applications.create(wanted, CONTEXT);
    await other.applications.remove(taken.id, CONTEXT);
    await store.applications.create(makeApplication('http://*.a.example.com/'), CONTEXT);
    await other.close();
  });

  test('listeners hear of a change after its commit, and of none that failed', async () => {
    const heard: StoreChange[] = [];
    const stop = store.onChange((change) => void heard.push(change));
    const application = makeApplication('http://a.example.com/');
    const before = await store.configurationVersion();
    await store.applications.create(application, CONTEXT);
    await expect(
      store.applications.create({ ...application, id: randomUUID(), appId: randomUUID() }, CONTEXT),
    ).rejects.toThrow('taken');
    expect(heard).toEqual([{ kind: 'application', id: application.id }]);
    expect(await store.configurationVersion()).toBe(before + 1);
    stop();
    await store.applications.remove(application.id, CONTEXT);
    expect(heard).toHaveLength(1);
    const audit = await store.audit.page({ conditions: [], orderBy: [], top: 10, after: null });
    expect(audit.items).toHaveLength(2);
  });

  test('B63 listeners hear of what another process has changed', async () => {
    const heard = new Set<StoreChange['kind']>();
    store.onChange(({ kind }) => void heard.add(kind));
    const other = await open();
    await other.applications.create(makeApplication('http://a.example.com/'), CONTEXT);
    await other.close();
    await expect.poll(() => heard).toContain('application');
  });

  test('several changes in one go are all there or none, and told once they are', async () => {
    const heard: StoreChange[] = [];
    store.onChange((change) => void heard.push(change));
    const [first, second] = [makeApplication('http://a.example.com/'), makeApplication('http://a.example.com/')];
    await expect(
      store.changeTogether(CONTEXT, async ({ applications }) => {
        await applications.create(first, CONTEXT);
        await applications.create(second, CONTEXT);
      }),
    ).rejects.toThrow('taken');
    expect([await store.applications.list(), heard]).toEqual([[], []]);
    await store.changeTogether(CONTEXT, async ({ applications, connectorGroups }) => {
      const group = await connectorGroups.create('annex', 'Annex', CONTEXT);
      await applications.create({ ...first, connectorGroupId: group.id }, CONTEXT);
      expect(await applications.list()).toHaveLength(1);
      expect(heard).toEqual([]);
    });
    expect(heard.map(({ kind }) => kind)).toEqual(['connectorGroup', 'application']);
  });
});

test('a sealed value opens in its own place alone, and unchanged alone', () => {
  const sealer = new Sealer(fixedSealingKeys([randomBytes(32)]));
  const sealed = sealer.seal(Buffer.from('secret'), 'keys/1');
  expect(Buffer.from(sealer.open(sealed, 'keys/1')).toString()).toBe('secret');
  expect(() => sealer.open(sealed, 'keys/2')).toThrow('does not open');
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Uint8Array.from(sealed, (octet, at) => (at === index ? octet ^ 1 : octet));
    expect(() => sealer.open(changed, 'keys/1')).toThrow('does not open');
  }
});

test('the sealing key is made once, for its owner alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
  const file = join(folder, 'sealing.key');
  const keys = new SealingKeyFile(file, true).list();
  expect(new SealingKeyFile(file, true).list()).toEqual(keys);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  expect(() => new SealingKeyFile(file, true)).toThrow('chmod 600');
  rmSync(folder, { recursive: true });
});

test('a file that is no database is refused in words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
  await expect(
    openStore({ location: { kind: 'sqlite', file: folder }, sealingKey: randomBytes(32), clock: Date.now }),
  ).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  rmSync(folder, { recursive: true });
});
