import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ApplicationCatalog, type CatalogSource } from '../../src-service/edge/application-catalog.ts';
import { ConnectorConfigurations } from '../../src-service/publishing/connector-configurations.ts';
import { ConfigurationFeed } from '../../src-service/relay/configuration-feed.ts';
import type { StoreLocation } from '../../src-service/store/database/open-database.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import { type Store, openStore } from '../../src-service/store/store.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { DEFAULT_APP_ROLE_ID } from '../../src-shared/publishing/app-roles.ts';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import { type Application, ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import { type StartedPostgres, startPostgres } from '../helpers/start-postgres.ts';
import { makeTestLog } from '../helpers/test-log.ts';

const CONTEXT = serviceContext('test');
const HEARD = { timeout: 20_000, interval: 10 };
const PROVIDER = 'default';
const CHANGES_BETWEEN_LOOKS = 5;

const stack: (() => unknown)[] = [];
const sealingKey = randomBytes(32);
let server: StartedPostgres;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

afterEach(async () => {
  await endAll();
});

async function endAll(): Promise<void> {
  for (const end of stack.splice(0).toReversed()) await end();
}

async function makeLocation(kind: StoreLocation['kind']): Promise<StoreLocation> {
  if (kind === 'postgres') return server.makeDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'postern-kept-'));
  stack.push(() => rmSync(folder, { recursive: true, force: true }));
  return { kind, file: join(folder, 'postern.db') };
}

/** What a service keeps in memory of a store. */
interface Kept {
  readonly catalog: ApplicationCatalog;
  readonly configurations: ConnectorConfigurations;
  readonly feeds: Map<string, ConfigurationFeed>;
}

async function keep(
  source: ConstructorParameters<typeof ConnectorConfigurations>[0]['source'] & CatalogSource,
): Promise<Kept> {
  const feeds = new Map<string, ConfigurationFeed>();
  const feedOf = (id: string): void => {
    const configuration = configurations.forGroup(id);
    const feed = feeds.get(id) ?? new ConfigurationFeed(configuration);
    feeds.set(id, feed);
    feed.update(configuration);
  };
  const configurations = new ConnectorConfigurations({
    source,
    news: {
      onGroupChanged: feedOf,
      onConnectorMoved: () => undefined,
      onConnectorRenamed: () => undefined,
      onConnectorDraining: () => undefined,
      onConnectorRemoved: () => undefined,
    },
    onError: (error) => expect.unreachable(String(error)),
  });
  const catalog = new ApplicationCatalog({ source, defaultProviderId: PROVIDER, log: makeTestLog() });
  await Promise.all([configurations.start(), catalog.start()]);
  for (const { id } of configurations.groups()) feedOf(id);
  return { catalog, configurations, feeds };
}

async function openNode(location: StoreLocation): Promise<{ store: Store; kept: Kept }> {
  const store = await openStore({ location, sealingKey, clock: Date.now });
  stack.push(() => store.close());
  const kept = await keep(store.followed);
  stack.push(() => {
    kept.catalog.stop();
    kept.configurations.stop();
  });
  return { store, kept };
}

/** The same from nothing: records of a transaction keep nothing. */
async function loadAnew(store: Store): Promise<Kept> {
  return store.changeTogether(CONTEXT, async (records) => {
    const kept = await keep({
      ...records,
      configurationVersion: () => Promise.resolve(1),
      onChange: () => () => undefined,
    });
    return kept;
  });
}

/** All that requests and connectors can see of it. Compiled conditions are functions, made of what the application says. */
function describe({ catalog, configurations, feeds }: Kept): object {
  return {
    all: catalog.all().map(({ routeId }) => routeId),
    addresses: catalog.addresses().map(({ policies, ...rest }) => ({ ...rest, policies: policies.length })),
    configurations: configurations
      .groups()
      .map(({ id }) => ({ id, ...configurations.forGroup(id), version: 0, tag: feeds.get(id)?.current.tag })),
  };
}

function makeApplication(index: number, address: number): Application {
  return {
    id: `application-${index}`,
    appId: `app-${index}`,
    displayName: `Application ${index}`,
    createdDateTime: '2026-01-01T00:00:00.000Z',
    appRoleAssignmentRequired: true,
    appRoles: [],
    connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
    ...UNDESCRIBED_APPLICATION,
    onPremisesPublishing: {
      ...ON_PREMISES_PUBLISHING_DEFAULTS,
      externalUrl: `https://host-${address}.example.com/`,
      internalUrl: `http://backend-${index}.internal/`,
    },
  };
}

const few = fc.nat({ max: 3 });
const step = fc.record({
  /** The node of the service that makes the change. */
  node: fc.nat({ max: 1 }),
  kind: fc.constantFrom(
    'create',
    'rename',
    'move',
    'segments',
    'group',
    'assign',
    'unassign',
    'remove',
    'newGroup',
    'renameGroup',
    'removeGroup',
    'together',
  ),
  index: few,
  other: few,
} as const);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function change(store: Store, { kind, index: which, other }: Step): Promise<void> {
  const id = `application-${which}`;
  const { applications, assignments, connectorGroups } = store;
  const groupId = `group-${other}`;
  switch (kind) {
    case 'create':
      if ((await applications.find(id)) === null) await applications.create(makeApplication(which, other), CONTEXT);
      break;
    case 'rename':
      await applications.update(id, { displayName: `Renamed ${other}` }, CONTEXT);
      break;
    case 'move': {
      const externalUrl = `https://host-${other}.example.com/`;
      await applications.update(id, { onPremisesPublishing: { externalUrl } }, CONTEXT);
      break;
    }
    case 'segments': {
      const applicationSegments = Array.from({ length: other }, (_, part) => ({
        externalUrl: `https://host-${part}.example.com/segment-${which}/`,
        internalUrl: `http://backend-${other}.internal/`,
        alternateUrl: null,
        corsConfigurations: [],
      }));
      const segmentsConfiguration = other === 0 ? null : { applicationSegments };
      await applications.update(id, { onPremisesPublishing: { segmentsConfiguration } }, CONTEXT);
      break;
    }
    case 'group':
      await applications.update(id, { connectorGroupId: other === 0 ? DEFAULT_CONNECTOR_GROUP_ID : groupId }, CONTEXT);
      break;
    case 'assign':
      if ((await assignments.list()).some((each) => each.id === `assignment-${which}-${other}`)) break;
      await assignments.create(
        {
          id: `assignment-${which}-${other}`,
          principalId: `person-${other}`,
          principalType: 'User',
          identityProviderId: PROVIDER,
          principalDisplayName: 'Person',
          resourceId: id,
          appRoleId: DEFAULT_APP_ROLE_ID,
          createdDateTime: '2026-01-01T00:00:00.000Z',
        },
        CONTEXT,
      );
      break;
    case 'unassign':
      await assignments.remove(id, `assignment-${which}-${other}`, CONTEXT);
      break;
    case 'remove':
      await applications.remove(id, CONTEXT);
      break;
    case 'newGroup':
      if ((await connectorGroups.find(groupId)) !== null) break;
      await connectorGroups.create(groupId, `Group ${which} ${other}`, CONTEXT);
      break;
    case 'renameGroup':
      await connectorGroups.rename(groupId, `Group ${randomUUID()}`, CONTEXT);
      break;
    case 'removeGroup':
      await connectorGroups.remove(groupId, CONTEXT);
      break;
    case 'together':
      await store.changeTogether(CONTEXT, async (records) => {
        await records.applications.update(id, { displayName: `Together ${other}` }, CONTEXT);
        await records.applications.remove(`application-${other}`, CONTEXT);
      });
      break;
  }
}

/** Makes the change; what can't be, such as one of an application that is gone, changes nothing. */
async function tryChange(store: Store, wanted: Step): Promise<void> {
  try {
    await change(store, wanted);
  } catch (error) {
    if (!(error instanceof PosternError) || !error.code.startsWith('API_')) throw error;
  }
}

test.each([
  { kind: 'sqlite', numRuns: 5 },
  { kind: 'postgres', numRuns: 3 },
] as const)(
  'B63 whatever changes at either of two nodes on $kind, both keep what a load from nothing gives',
  async ({ kind, numRuns }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const location = await makeLocation(kind);
        const nodes = [await openNode(location), await openNode(location)] as const;
        const isKept = async (): Promise<void> => {
          const anew = describe(await loadAnew(nodes[0].store));
          for (const { kept } of nodes) await expect.poll(() => describe(kept), HEARD).toEqual(anew);
        };
        for (const [index, each] of steps.entries()) {
          await tryChange(nodes[each.node === 0 ? 0 : 1].store, each);
          if (index % CHANGES_BETWEEN_LOOKS === 0) await isKept();
        }
        await isKept();
      }),
      { numRuns, endOnFailure: true, plugins: [fc.afterEach(endAll)] },
    );
  },
  180_000,
);
