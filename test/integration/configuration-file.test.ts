import fc from 'fast-check';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoreLocation } from '../../src-service/store/database/open-database.ts';
import { type Store, openStore } from '../../src-service/store/store.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
import { applyPlan } from '../../src-service/transfer/apply-plan.ts';
import type { ConfigurationPlan } from '../../src-service/transfer/configuration-plan.ts';
import { upgradeConfigurationFile } from '../../src-service/transfer/configuration-upgrades.ts';
import { describePlan, planAsJson } from '../../src-service/transfer/describe-plan.ts';
import { toConfigurationFile, writeConfigurationFile } from '../../src-service/transfer/export-configuration.ts';
import { planConfiguration } from '../../src-service/transfer/plan-configuration.ts';
import { ConfigurationFileError, parseConfigurationFile } from '../../src-service/transfer/read-configuration-file.ts';
import { readTenantState, stateTag } from '../../src-service/transfer/tenant-state.ts';
import { serviceAddresses } from '../../src-service/config/service-addresses.ts';
import { anyConfiguration } from '../helpers/any-configuration.ts';
import { type TestCertificate, makeCertificate } from '../helpers/make-certificate.ts';
import { STORE_KINDS, type StorePlace } from '../helpers/store-kinds.ts';

const CONTEXT = serviceContext('test');
const RULES = {
  addresses: serviceAddresses('https://postern.example.com'),
  additionalHosts: [],
  ownAudiences: [],
  identityProviderIds: ['default', 'partners'],
};
const RUNS = { SQLite: 12, PostgreSQL: 4 } as const;

describe.each(STORE_KINDS)('on $kind', ({ kind, open: openPlace }) => {
  let place: StorePlace;
  let folder: string;
  const certificates: TestCertificate[] = [];
  const stores: Store[] = [];

  beforeAll(async () => {
    place = await openPlace();
    folder = mkdtempSync(join(tmpdir(), 'postern-transfer-'));
    for (const names of [['a.example.com', '*.b.example.com'], ['*.c.example.com']]) {
      certificates.push(await makeCertificate(names, []));
    }
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await place.close();
  });

  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });

  async function open(location?: StoreLocation): Promise<Store> {
    const sealingKey = new Uint8Array(32);
    const store = await openStore({ location: location ?? (await place.makeLocation()), sealingKey, clock: Date.now });
    stores.push(store);
    return store;
  }

  async function plan(
    store: Store,
    text: string,
    options: { readonly isPruning?: boolean; readonly environment?: Record<string, string> } = {},
  ): Promise<ConfigurationPlan & { readonly tag: string }> {
    const { isPruning = false, environment = {} } = options;
    const read = parseConfigurationFile(text, 'tenant.yaml', { folder, environment });
    const state = await readTenantState(store);
    const made = await planConfiguration(read, state, {
      rules: RULES,
      isPruning,
      nowMs: Date.now(),
      randomId: randomUUID,
    });
    if (made.problems.length > 0) throw new ConfigurationFileError(read, made.problems);
    return { ...made, tag: stateTag(state) };
  }

  async function apply(
    store: Store,
    text: string,
    options: Parameters<typeof plan>[2] = {},
  ): Promise<ConfigurationPlan> {
    const made = await plan(store, text, options);
    await applyPlan(store, made, made.tag, CONTEXT);
    return made;
  }

  async function write(store: Store, format: 'yaml' | 'json', isComplete = false): Promise<string> {
    const state = await readTenantState(store);
    return writeConfigurationFile(toConfigurationFile(state, { defaultProviderId: 'default', isComplete }), format);
  }

  /** Lays the keys of certificates where an export looks for them. */
  function layKeys(text: string): void {
    const file = JSON.parse(text) as { certificates: { chain: string; privateKey: { fromFile: string } }[] };
    for (const { chain, privateKey } of file.certificates) {
      const key = certificates.find(({ cert }) => chain.trim() === cert.trim())?.key;
      mkdirSync(dirname(join(folder, privateKey.fromFile)), { recursive: true });
      writeFileSync(join(folder, privateKey.fromFile), key ?? '');
    }
  }

  test('what is exported and applied to an empty store is exported again to the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(anyConfiguration(certificates), fc.boolean(), async (configuration, isComplete) => {
        const first = await open();
        await apply(first, JSON.stringify(configuration));
        expect((await plan(first, JSON.stringify(configuration))).changes).toEqual([]);
        for (const format of ['yaml', 'json'] as const) {
          const text = await write(first, format, isComplete);
          layKeys(await write(first, 'json'));
          expect((await plan(first, text, { isPruning: true })).changes).toEqual([]);
          const second = await open();
          await apply(second, text, { isPruning: true });
          expect(await write(second, format, isComplete)).toBe(text);
          await stores.pop()?.close();
        }
      }),
      { numRuns: RUNS[kind as keyof typeof RUNS] },
    );
  }, 120_000);

  describe('with a tenant', () => {
    let store: Store;

    const WIKI = `
  - displayName: Wiki
    connectorGroup: Annex
    appRoles:
      - { id: 7d0a5d0e-6c39-4c5b-9a57-0f3b7a4f0001, displayName: Writer, value: writer, allowedMemberTypes: [User] }
    onPremisesPublishing:
      externalUrl: https://wiki.example.com/
      internalUrl: http://wiki.internal/
    assignments:
      - { principalType: Group, principalId: staff, principalDisplayName: Staff }
      - { principalId: alice, principalDisplayName: Alice, appRole: writer }`;
    const TENANT = `version: 1
connectorGroups: [{ name: Default }, { name: Annex }]
applications:${WIKI}
`;

    beforeEach(async () => {
      store = await open();
      await apply(store, TENANT);
    });

    test('a plan names each field before and after, and applying it leaves an audit record for each object', async () => {
      const text = TENANT.replace('displayName: Wiki', 'displayName: Handbook')
        .replace('http://wiki.internal/', 'https://wiki.internal/')
        .replace('- { principalType: Group, principalId: staff, principalDisplayName: Staff }', '');
      const made = await plan(store, text);
      expect(made.changes.map(({ action, kind, name, fields }) => ({ action, kind, name, fields }))).toEqual([
        {
          action: 'change',
          kind: 'application',
          name: 'Wiki',
          fields: [
            { path: 'displayName', before: 'Wiki', after: 'Handbook' },
            {
              path: 'onPremisesPublishing.internalUrl',
              before: 'http://wiki.internal/',
              after: 'https://wiki.internal/',
            },
          ],
        },
      ]);
      expect(made.kept).toMatchObject([{ kind: 'assignment', name: 'Handbook: Group Staff' }]);
      expect(describePlan(made)).toContain('"http://wiki.internal/" → "https://wiki.internal/"');
      await applyPlan(store, made, made.tag, CONTEXT);
      expect(await store.assignments.list()).toHaveLength(2);
      const { changes } = await apply(store, text, { isPruning: true });
      expect(changes).toMatchObject([{ action: 'delete', kind: 'assignment' }]);
      expect(await store.assignments.list()).toMatchObject([{ principalId: 'alice' }]);
      const audit = await store.audit.page({ conditions: [], orderBy: [], top: 20, after: null });
      expect(audit.items.map(({ activityDisplayName }) => activityDisplayName).sort()).toEqual([
        'application.create',
        'application.update',
        'assignment.create',
        'assignment.create',
        'assignment.delete',
        'connectorGroup.create',
      ]);
    });

    test('only with --prune anything goes, and only in sections that the file has', async () => {
      const empty = 'version: 1\napplications: []\n';
      const kept = await apply(store, empty);
      expect([kept.changes, kept.kept.length]).toEqual([[], 1]);
      expect(await store.applications.list()).toHaveLength(1);
      await apply(store, empty, { isPruning: true });
      expect(await store.applications.list()).toEqual([]);
      expect(await store.connectorGroups.list()).toHaveLength(2);
      await apply(store, 'version: 1\nconnectorGroups: []\n', { isPruning: true });
      expect(await store.connectorGroups.list()).toMatchObject([{ name: 'Default' }]);
    });

    test('a group that is pruned while an application is in it, and a role that somebody has, are refused', async () => {
      const refused = plan(store, 'version: 1\nconnectorGroups: [{ name: Default }]\n', { isPruning: true });
      await expect(refused).rejects.toThrow('the group "Annex" is not in the file, but has an application');
      const withoutRoles = TENANT.replace(/ {4}appRoles:\n.*\n/, '').replace(/ {6}- \{ principalId: alice.*\n/, '');
      await expect(plan(store, withoutRoles)).rejects.toThrow(
        'tenant.yaml:4: applications[0].appRoles: "Alice" has the role',
      );
      await apply(store, withoutRoles, { isPruning: true });
    });

    test('all that is wrong is said at once, by path and line, and nothing is changed', async () => {
      const text = `${TENANT}  - displayName: Shop
    connectorGroup: Anex
    onPremisesPublishing:
      externalUrl: https://shop.example.com/
      internalUrl: http://10.0.0.1/
      identityProviderId: partner
    assignments:
      - { principalId: bob, appRole: boss }
  - displayName: Depot
    id: depot
    onPremisesPublishing:
      externalUrl: https://wiki.example.com:443/
      internalUrl: http://depot.internal/
certificates:
  - chain: none
`;
      const error = await plan(store, text).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigurationFileError);
      const { problems } = error as ConfigurationFileError;
      expect(problems.map(({ line, path }) => [line, path])).toEqual([
        [15, 'applications[1].connectorGroup'],
        [18, 'applications[1].onPremisesPublishing.internalUrl'],
        [19, 'applications[1].onPremisesPublishing.identityProviderId'],
        [21, 'applications[1].assignments[0].appRole'],
        [25, 'applications[2].onPremisesPublishing.externalUrl'],
        [28, 'certificates[0].chain'],
      ]);
      expect(problems[0]?.message).toContain('Did you mean Annex?');
    });

    test('what the schema refuses hides nothing of what the plan finds wrong with the rest', async () => {
      const text = `${TENANT}  - displayName: ""
    id: shop
    connectorGroup: Anex
    onPremisesPublishing:
      externalUrl: https://wiki.example.com/
      internalUrl: http://10.0.0.1/
      isPersistentCookieEnabled: often
    assignments:
      - { principalId: bob, appRole: boss }
  - displayName: Depot
    onPremisesPublishing:
      externalUrl: 5
      internalUrl: http://depot.internal
`;
      const error = await plan(store, text).catch((thrown: unknown) => thrown);
      const { problems } = error as ConfigurationFileError;
      expect(problems.map(({ line, path }) => [line, path])).toEqual([
        [14, 'applications[1].displayName'],
        [16, 'applications[1].connectorGroup'],
        [18, 'applications[1].onPremisesPublishing.externalUrl'],
        [19, 'applications[1].onPremisesPublishing.internalUrl'],
        [20, 'applications[1].onPremisesPublishing.isPersistentCookieEnabled'],
        [22, 'applications[1].assignments[0].appRole'],
        [25, 'applications[2].onPremisesPublishing.externalUrl'],
        [26, 'applications[2].onPremisesPublishing.internalUrl'],
      ]);
      expect(problems[2]?.message).toContain('is taken by the application "Wiki"');
    });

    test('a wrong key is named with the nearest right one at every level, and a value with what is allowed', async () => {
      const text = `version: 1
aplications: []
applications:
  - displayName: Wiki
    onPremisesPublishing:
      externalUrl: https://a.example.com/
      internalURL: http://a.internal/
      singleSignOnSettings: { singleSignOnMode: aadHeaderBased, headerSignOnSettings: { rules: [{ heders: [] }] } }
    asignments: []
connectorGroups: [{ nam: x }]
`;
      const error = await plan(store, text).catch((thrown: unknown) => thrown);
      const { message } = error as ConfigurationFileError;
      for (const hint of ['applications?', 'internalUrl?', 'headers?', 'assignments?', 'name?']) {
        expect(message).toContain(hint);
      }
      expect(message).toContain('tenant.yaml:8: applications[0].onPremisesPublishing.singleSignOnSettings');
    });

    test('a change between plan and apply is noticed, and nothing is changed', async () => {
      const made = await plan(store, TENANT.replace('displayName: Wiki', 'displayName: Handbook'));
      await store.connectorGroups.create('late', 'Late', CONTEXT);
      await expect(applyPlan(store, made, made.tag, CONTEXT)).rejects.toThrow('changed since the plan was made');
      expect(await store.applications.list()).toMatchObject([{ displayName: 'Wiki' }]);
    });

    test('where one change fails none is made', async () => {
      const made = await plan(store, `${TENANT}${WIKI.replaceAll('wiki', 'shop').replace('Wiki', 'Shop')}\n`);
      expect(made.changes).not.toEqual([]);
      const failing = { ...made.changes[0], make: () => Promise.reject(new Error('last')) };
      const changes = [...made.changes, failing as (typeof made.changes)[number]];
      await expect(applyPlan(store, { changes }, made.tag, CONTEXT)).rejects.toThrow('last');
      expect(await store.applications.list()).toHaveLength(1);
    });

    test('secrets come from files and the environment, and no plan shows them', async () => {
      const text = TENANT.replace(
        'internalUrl: http://wiki.internal/',
        `internalUrl: http://wiki.internal/
      singleSignOnSettings:
        singleSignOnMode: aadHeaderBased
        headerSignOnSettings:
          rules:
            - headers:
                - { name: X-Key, source: constant, value: { fromEnvironment: WIKI_KEY } }
                - { name: X-Team, source: constant, value: { fromFile: team.txt } }`,
      );
      const secret = randomBytes(8).toString('hex');
      await expect(plan(store, text)).rejects.toThrow(
        /tenant.yaml:16: .*value: the environment has no variable WIKI_KEY/,
      );
      writeFileSync(join(folder, 'team.txt'), `${secret}\n`);
      const made = await plan(store, text, { environment: { WIKI_KEY: secret } });
      const shown = describePlan(made) + JSON.stringify(planAsJson(made, made.tag));
      expect(shown).toContain('[from the variable WIKI_KEY]');
      expect(shown).not.toContain(secret);
      await applyPlan(store, made, made.tag, CONTEXT);
      const [wiki] = await store.applications.list();
      const rules = wiki?.onPremisesPublishing.singleSignOnSettings?.headerSignOnSettings?.rules;
      expect(rules?.[0]?.headers).toMatchObject([{ value: secret }, { value: secret }]);
      const next = await plan(store, text, { environment: { WIKI_KEY: 'another' } });
      expect(next.changes).toHaveLength(1);
      expect(describePlan(next)).not.toContain(secret);
    });

    test('a certificate needs its key where it is new, and none where it is there', async () => {
      const { cert, key } = certificates[0] as TestCertificate;
      const indented = cert.trim().replaceAll('\n', '\n      ');
      const text = `version: 1\ncertificates:\n  - chain: |\n      ${indented}\n    privateKey: { fromFile: own.key }\n`;
      await expect(plan(store, text)).rejects.toThrow("the store doesn't have this certificate yet");
      writeFileSync(join(folder, 'own.key'), key);
      await apply(store, text);
      rmSync(join(folder, 'own.key'));
      expect((await plan(store, text)).changes).toEqual([]);
      const exported = await write(store, 'yaml');
      expect(exported).toContain('fromFile: certificates/a.example.com.key');
      expect(exported).not.toContain('PRIVATE KEY');
      expect((await apply(store, 'version: 1\ncertificates: []\n', { isPruning: true })).changes).toMatchObject([
        { action: 'delete', kind: 'certificate' },
      ]);
    });
  });
});

test('files of older versions are upgraded one step after the other, newer ones refused', () => {
  type Upgrades = NonNullable<Parameters<typeof upgradeConfigurationFile>[1]>;
  const upgrades: Upgrades = new Map<number, (data: Readonly<Record<string, unknown>>) => Record<string, unknown>>([
    [1, (data) => ({ ...data, a: 1 })],
    [2, (data) => ({ ...data, b: data['a'] })],
  ]);
  expect(upgradeConfigurationFile({ version: 1 }, upgrades, 3)).toEqual({ version: 3, a: 1, b: 1 });
  expect(() => upgradeConfigurationFile({ version: 4 }, upgrades, 3)).toThrow('knows up to 3');
  expect(() => upgradeConfigurationFile({}, upgrades, 3)).toThrow('version is missing');
  expect(() => parseConfigurationFile('version: 1\na: [', 'x.yaml', { folder: '.', environment: {} })).toThrow(
    'line 2',
  );
});
