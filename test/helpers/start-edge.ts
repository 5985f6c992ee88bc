import { randomBytes, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type AppRole, type AppRoleAssignment, DEFAULT_APP_ROLE_ID } from '../../src-shared/publishing/app-roles.ts';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import {
  type Application,
  type OnPremisesPublishing,
  ON_PREMISES_PUBLISHING_DEFAULTS,
} from '../../src-shared/publishing/application.ts';
import { CertificateShelf } from '../../src-service/certificates/certificate-shelf.ts';
import { FileCertificate } from '../../src-service/certificates/file-certificate.ts';
import { listIdentityProviders } from '../../src-service/config/identity-provider-configuration.ts';
import { serviceAddresses } from '../../src-service/config/service-addresses.ts';
import {
  type ServiceConfigurationInput,
  parseServiceConfiguration,
} from '../../src-service/config/service-configuration.ts';
import { ApplicationCatalog } from '../../src-service/edge/application-catalog.ts';
import { makeEdgeListener } from '../../src-service/edge/edge-listener.ts';
import { makeEdge } from '../../src-service/edge/make-edge.ts';
import { makeIdentity } from '../../src-service/identity/make-identity.ts';
import { type ProviderFetches, makeProviderFetches } from '../../src-service/identity/provider-fetch.ts';
import { Relay } from '../../src-service/relay/relay.ts';
import { ApplicationLogos } from '../../src-service/portal/application-logos.ts';
import { loadBranding } from '../../src-service/portal/branding.ts';
import type { Logo } from '../../src-service/store/application-logo-records.ts';
import { EVERYTHING } from '../../src-service/store/list-query.ts';
import { type Store, openStore } from '../../src-service/store/store.ts';
import { Traffic } from '../../src-service/traffic/traffic.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
import { NO_RATES } from './no-rates.ts';
import { userRequestsOfTest } from './user-requests.ts';
import type { StartedProvider } from './start-provider.ts';
import { makeTestLog } from './test-log.ts';
import { noRenewals } from './no-renewals.ts';
import { locationOfTest } from './test-store.ts';

/** The edge with all that it decides by, and no connector: a request that was let through ends as EDGE_NO_CONNECTOR. */
export interface StartedEdge {
  readonly origin: string;
  readonly port: number;
  readonly store: Store;
  readonly logLines: Record<string, unknown>[];
  /** Publishes `http(s)://{name}/` (a host, with a path where one is given) and returns its external URL. */
  publish(name: string, options?: PublishOptions): Promise<string>;
  assign(
    externalUrl: string,
    principalId: string,
    principalType?: AppRoleAssignment['principalType'],
    appRoleId?: string,
  ): Promise<void>;
  unassign(principalId: string): Promise<void>;
  verifyAdministrator(token: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface PublishOptions {
  readonly appRoleAssignmentRequired?: boolean;
  readonly appRoles?: readonly AppRole[];
  readonly publishing?: Partial<OnPremisesPublishing>;
  readonly application?: Partial<Pick<Application, 'displayName' | 'description' | 'tags' | 'web'>>;
  readonly logo?: Logo;
}

export interface StartEdgeOptions {
  readonly provider: Pick<StartedProvider, 'issuer' | 'clients' | 'apiId' | 'apiScope' | 'authority' | 'addServiceUrl'>;
  readonly clock?: () => number;
  /** Of another edge, so that both are nodes of one service; its own in memory where absent. */
  readonly store?: Store;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  /** Laid over the configuration, top-level keys. */
  readonly configuration?: Partial<ServiceConfigurationInput>;
  /** The ways to the providers, where names are to lead elsewhere. */
  readonly providerFetches?: ProviderFetches;
}

export async function startEdge({
  provider,
  clock = Date.now,
  tls,
  store: sharedStore,
  configuration: extra,
  providerFetches = makeProviderFetches(),
}: StartEdgeOptions): Promise<StartedEdge> {
  const scheme = tls === undefined ? 'http' : 'https';
  const logLines: Record<string, unknown>[] = [];
  const log = makeTestLog('debug', (line) => void logLines.push(JSON.parse(line) as Record<string, unknown>));
  const configuration = parseServiceConfiguration({
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: `${scheme}://localhost:0/`,
    ...(tls && { tls }),
    applicationsDomain: 'postern.localhost',
    additionalHosts: ['127.0.0.1'],
    dataFolder: '.',
    limits: NO_RATES,
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
    ...extra,
  });
  const store =
    sharedStore ?? (await openStore({ location: await locationOfTest(), sealingKey: randomBytes(32), clock }));
  const context = serviceContext('');
  const configured = tls === undefined ? null : new FileCertificate({ files: tls, key: 'tls', clock, log });
  const certificates = new CertificateShelf({ source: store, configured, clock, log });
  await certificates.start();
  const listener = makeEdgeListener({
    listen: configuration.listen,
    certificates: certificates.forListener(),
    log,
    areRequestsOwn: userRequestsOfTest() === 'own',
  });
  const { port } = await listener.listen();
  const addresses = serviceAddresses(`${scheme}://localhost:${port}/`);
  provider.addServiceUrl(addresses.origin);
  const defaultProviderId = listIdentityProviders(configuration)[0]?.id ?? '';
  const catalog = new ApplicationCatalog({ source: store.followed, defaultProviderId, log });
  await catalog.start();
  const logos = new ApplicationLogos(store);
  const identity = await makeIdentity({ configuration, addresses, store, providerFetches, clock, log });
  const relay = new Relay(
    {
      tunnelAudience: addresses.tunnelAudience,
      serviceVersion: '0.0.0',
      admit: () => Promise.reject(new Error('No connector enrols here.')),
      ...noRenewals,
      configurationFor: () => ({
        version: 1,
        connectorName: '',
        connectorGroupName: '',
        applications: [],
        otherUrls: [],
      }),
      onPresence: () => undefined,
    },
    log,
  );
  const api = {
    handle: (_: unknown, response: ServerResponse) => void response.writeHead(200).end('api'),
  };
  listener.serve(
    makeEdge({
      configuration,
      branding: loadBranding(configuration),
      addresses,
      catalog,
      logos,
      certificates,
      identity,
      relay,
      traffic: new Traffic({ clock, randomId: randomUUID }),
      api,
      clock,
      log,
    }),
  );

  return {
    origin: addresses.origin,
    port,
    store,
    logLines,
    publish: async (name, options = {}) => {
      const [host = '', path = ''] = name.split(/(?=\/)(.*)/s);
      const externalUrl = `${scheme}://${host}:${port}${path === '' ? '/' : path}`;
      const [group] = (await store.connectorGroups.page(EVERYTHING)).items;
      const id = randomUUID();
      await store.applications.create(
        {
          id,
          appId: randomUUID(),
          displayName: name,
          createdDateTime: new Date(0).toISOString(),
          appRoleAssignmentRequired: options.appRoleAssignmentRequired ?? true,
          appRoles: [...(options.appRoles ?? [])],
          connectorGroupId: group?.id ?? '',
          ...UNDESCRIBED_APPLICATION,
          ...options.application,
          onPremisesPublishing: {
            ...ON_PREMISES_PUBLISHING_DEFAULTS,
            externalUrl,
            internalUrl: 'http://127.0.0.1:1/',
            ...options.publishing,
          },
        },
        context,
      );
      if (options.logo !== undefined) await store.applicationLogos.put(id, options.logo, context);
      await catalog.refresh();
      return externalUrl;
    },
    assign: async (externalUrl, principalId, principalType = 'User', appRoleId = DEFAULT_APP_ROLE_ID) => {
      const found = catalog.all().find((entry) => entry.application.onPremisesPublishing.externalUrl === externalUrl);
      if (found === undefined) throw new Error(`${externalUrl} is not published.`);
      await store.assignments.create(
        {
          id: randomUUID(),
          principalId,
          principalType,
          identityProviderId: found.identityProviderId,
          principalDisplayName: '',
          resourceId: found.application.id,
          appRoleId,
          createdDateTime: new Date(0).toISOString(),
        },
        context,
      );
      await catalog.refresh();
    },
    unassign: async (principalId) => {
      for (const { id, resourceId, principalId: principal } of await store.assignments.list()) {
        if (principal === principalId) await store.assignments.remove(resourceId, id, context);
      }
      await catalog.refresh();
    },
    verifyAdministrator: (token) => identity.administratorTokens.verify(token),
    close: async () => {
      relay.close();
      await listener.close({ graceMs: 0 });
      catalog.stop();
      logos.stop();
      certificates.stop();
      configured?.stop();
      await identity.stop();
      await providerFetches.close();
      if (sharedStore === undefined) await store.close();
    },
  };
}
