import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import {
  type AppRoleAssignment,
  type Application,
  type OnPremisesPublishing,
  ON_PREMISES_PUBLISHING_DEFAULTS,
} from '../../src-shared/publishing/application.ts';
import { serviceAddresses } from '../../src-service/config/service-addresses.ts';
import { parseServiceConfiguration } from '../../src-service/config/service-configuration.ts';
import { ApplicationCatalog } from '../../src-service/edge/application-catalog.ts';
import { makeEdgeListener } from '../../src-service/edge/edge-listener.ts';
import { makeEdge } from '../../src-service/edge/make-edge.ts';
import { makeIdentity } from '../../src-service/identity/make-identity.ts';
import { makeProviderFetch } from '../../src-service/identity/provider-fetch.ts';
import { Relay } from '../../src-service/relay/relay.ts';
import type { SessionRecord } from '../../src-service/store/session-record.ts';
import type { StartedProvider } from './start-provider.ts';

/** The edge with all that it decides by, and no connector: a request that was let through ends as EDGE_NO_CONNECTOR. */
export interface StartedEdge {
  readonly origin: string;
  readonly port: number;
  readonly sessions: Map<string, SessionRecord>;
  readonly users: Map<string, { readonly displayName: string }>;
  readonly logLines: Record<string, unknown>[];
  /** Publishes `http://{name}/` (a host, with a path where one is given) and returns its external URL. */
  publish(name: string, options?: PublishOptions): Promise<string>;
  assign(externalUrl: string, principalId: string, principalType?: 'User' | 'Group'): Promise<void>;
  unassign(principalId: string): Promise<void>;
  endSession(id: string): void;
  verifyAdministrator(token: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface PublishOptions {
  readonly appRoleAssignmentRequired?: boolean;
  readonly publishing?: Partial<OnPremisesPublishing>;
}

export interface StartEdgeOptions {
  readonly provider: Pick<StartedProvider, 'issuer' | 'clients' | 'apiId' | 'apiScope' | 'authority' | 'addServiceUrl'>;
  readonly clock?: () => number;
}

export async function startEdge({ provider, clock = Date.now }: StartEdgeOptions): Promise<StartedEdge> {
  const logLines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line: string) => void logLines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const configuration = parseServiceConfiguration({
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: 'http://localhost:0/',
    applicationsDomain: 'postern.localhost',
    additionalHosts: ['127.0.0.1'],
    dataFolder: '.',
    identityProvider: {
      issuer: provider.issuer,
      clientId: provider.clients.service.clientId,
      clientSecret: provider.clients.service.clientSecret,
    },
    administrators: {
      authority: provider.authority,
      clientId: provider.clients.desktop.clientId,
      apiAudience: provider.apiId,
      apiScope: provider.apiScope,
      issuer: provider.issuer,
    },
  });
  const store = makeMemoryStore();
  const listener = makeEdgeListener({ configuration, log });
  const { port } = await listener.listen();
  const addresses = serviceAddresses(`http://localhost:${port}/`);
  provider.addServiceUrl(addresses.origin);
  const providerFetch = makeProviderFetch(undefined);
  const catalog = new ApplicationCatalog({ source: store, log });
  await catalog.start();
  const key = randomBytes(32);
  const keys = { current: () => ({ id: 'k1', key }), find: (id: string) => (id === 'k1' ? key : undefined) };
  const identity = makeIdentity({ configuration, addresses, store, keys, providerFetch, clock, log });
  const relay = new Relay(
    {
      tunnelAudience: addresses.tunnelAudience,
      serviceVersion: '0.0.0',
      admit: () => Promise.reject(new Error('No connector enrols here.')),
      configurationFor: () => ({ version: 1, connectorName: '', connectorGroupName: '', applications: [] }),
      onPresence: () => undefined,
    },
    log,
  );
  const api = {
    handle: (_: unknown, response: import('node:http').ServerResponse) => void response.writeHead(200).end('api'),
  };
  listener.serve(makeEdge({ configuration, addresses, catalog, identity, relay, api, clock, log }));

  return {
    origin: addresses.origin,
    port,
    sessions: store.sessionRecords,
    users: store.userRecords,
    logLines,
    publish: async (name, options = {}) => {
      const [host = '', path = ''] = name.split(/(?=\/)(.*)/s);
      const externalUrl = `http://${host}:${port}${path === '' ? '/' : path}`;
      store.applicationRecords.push({
        id: randomUUID(),
        appId: randomUUID(),
        displayName: name,
        createdDateTime: new Date(0).toISOString(),
        appRoleAssignmentRequired: options.appRoleAssignmentRequired ?? true,
        connectorGroupId: 'default',
        onPremisesPublishing: {
          ...ON_PREMISES_PUBLISHING_DEFAULTS,
          externalUrl,
          internalUrl: 'http://127.0.0.1:1/',
          ...options.publishing,
        },
      });
      await catalog.refresh();
      return externalUrl;
    },
    assign: async (externalUrl, principalId, principalType = 'User') => {
      const found = catalog.all().find((entry) => entry.application.onPremisesPublishing.externalUrl === externalUrl);
      if (found === undefined) throw new Error(`${externalUrl} is not published.`);
      store.assignmentRecords.push({
        id: randomUUID(),
        principalId,
        principalType,
        principalDisplayName: '',
        resourceId: found.application.id,
        createdDateTime: new Date(0).toISOString(),
      });
      await catalog.refresh();
    },
    unassign: async (principalId) => {
      const kept = store.assignmentRecords.filter((entry) => entry.principalId !== principalId);
      store.assignmentRecords.splice(0, Number.POSITIVE_INFINITY, ...kept);
      await catalog.refresh();
    },
    endSession: (id) => {
      store.sessionRecords.delete(id);
      store.emitter.emit('change', { kind: 'session', id });
    },
    verifyAdministrator: (token) => identity.administratorTokens.verify(token),
    close: async () => {
      relay.close();
      await listener.close({ graceMs: 0 });
      catalog.stop();
      identity.stop();
      await providerFetch.close();
    },
  };
}

function makeMemoryStore() {
  const emitter = new EventEmitter();
  const applicationRecords: Application[] = [];
  const assignmentRecords: AppRoleAssignment[] = [];
  const sessionRecords = new Map<string, SessionRecord>();
  const userRecords = new Map<string, { readonly id: string; readonly displayName: string }>();
  return {
    emitter,
    applicationRecords,
    assignmentRecords,
    sessionRecords,
    userRecords,
    applications: { list: () => Promise.resolve([...applicationRecords]) },
    assignments: { list: () => Promise.resolve([...assignmentRecords]) },
    sessions: {
      find: (id: string) => Promise.resolve(sessionRecords.get(id) ?? null),
      create: (record: SessionRecord) => Promise.resolve(void sessionRecords.set(record.id, record)),
      remove: (id: string) => {
        sessionRecords.delete(id);
        emitter.emit('change', { kind: 'session', id });
        return Promise.resolve();
      },
    },
    users: {
      upsert: (user: { id: string; displayName: string }) => Promise.resolve(void userRecords.set(user.id, user)),
    },
    onChange: (listener: (change: { kind: string; id: string }) => void) => {
      emitter.on('change', listener);
      return () => void emitter.off('change', listener);
    },
  };
}
