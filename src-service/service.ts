import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Logger } from 'pino';
import { PosternError } from '../src-shared/errors/postern-error.ts';
import { makeApi } from './api/make-api.ts';
import type { ApiRoute } from './api/api-route.ts';
import { listIdentityProviders } from './config/identity-provider-configuration.ts';
import { serviceAddresses } from './config/service-addresses.ts';
import type { ServiceConfiguration } from './config/service-configuration.ts';
import { evaluateAccess } from './edge/conditional-access/evaluate-access.ts';
import type { InfoLines } from './edge/access-log.ts';
import { ApplicationCatalog } from './edge/application-catalog.ts';
import { TrustedProxies } from './edge/client-address.ts';
import { type EdgeListener, makeEdgeListener } from './edge/edge-listener.ts';
import { startHttpListener } from './edge/http-listener.ts';
import { makeEdge } from './edge/make-edge.ts';
import { makeTunnelsOnly } from './edge/tunnels-only.ts';
import { ConnectorAuthority } from './identity/connector-authority.ts';
import { makeIdentity } from './identity/make-identity.ts';
import { makeProviderFetches } from './identity/provider-fetch.ts';
import { warnOfUnknownProviders } from './identity/unknown-providers.ts';
import { startOperationsListener } from './operations/operations-listener.ts';
import { ApplicationLogos } from './portal/application-logos.ts';
import { loadBranding } from './portal/branding.ts';
import { ConnectorConfigurations } from './publishing/connector-configurations.ts';
import { CertificateTakeUps } from './relay/certificate-take-ups.ts';
import { ConnectorRenewals } from './relay/connector-renewals.ts';
import { makeRelayHost } from './relay/relay-host.ts';
import { Relay } from './relay/relay.ts';
import { openServiceCertificates, startAcme } from './service-certificates.ts';
import { readServiceVersion } from './service-version.ts';
import { findSealingKeys } from './store/find-sealing-keys.ts';
import { storeLocation } from './store/store-location.ts';
import { type Store, openStore } from './store/store.ts';
import { Traffic } from './traffic/traffic.ts';

const DRAIN_MS = 30_000;

export interface ServiceOptions {
  readonly log: Logger;
  /** Takes the lines of requests at `info` in place of the log. */
  readonly infoLines?: InfoLines | null;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface RunningService {
  /** The service's own address, with no slash at the end. */
  readonly url: string;
  readonly operationsUrl: string;
  /** Every route of the API. @internal for tests */
  readonly apiRoutes: readonly ApiRoute[];
  /** Reads the certificate files of the configuration now rather than within seconds of their change. */
  reloadCertificates(): void;
  /** Stops gracefully (B66): not ready, no new requests, running ones get `drainMs`, then everything is closed. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

/**
 * Starts the service in this process: config, store, identity, relay, edge, API.
 * @throws PosternError `CONFIG_INVALID` (a port in use, a file that can't be read), `STORE_UNAVAILABLE`; nothing stays open then
 */
export async function startService(
  configuration: ServiceConfiguration,
  options: ServiceOptions,
): Promise<RunningService> {
  const { log, infoLines = null, clock = Date.now } = options;
  const serviceVersion = readServiceVersion();
  const branding = loadBranding(configuration);
  let isReady = false;
  await using opened = new AsyncDisposableStack();

  const store = await openServiceStore(configuration, clock);
  opened.defer(() => store.close());
  store.health.onState((state) => {
    if (state.isUp) log.info('store.up');
    else log.error(state, 'store.down');
  });

  const tls = await openServiceCertificates({ configuration, store, clock, log, resources: opened });
  const { shelf: certificates } = tls;
  const proxies = new TrustedProxies(configuration.trustedProxies);
  const listener = makeEdgeListener({
    listen: configuration.listen,
    isProxy: (address) => proxies.isTrusted(address),
    certificates: certificates.forListener(),
    log,
    areRequestsOwn: configuration.userRequests === 'own',
    areReadsShared: configuration.userReads === 'shared',
  });
  const { port } = await bind('listen', configuration.listen, () => listener.listen());
  opened.defer(() => listener.close({ graceMs: 0 }));
  const { tunnelListen } = configuration;
  let tunnelListener: EdgeListener | null = null;
  let tunnelPublicUrl: string | undefined;
  if (tunnelListen !== undefined) {
    const own = makeEdgeListener({ listen: tunnelListen, certificates: tls.tunnels, log });
    const bound = await bind('tunnelListen', tunnelListen, () => own.listen());
    opened.defer(() => own.close({ graceMs: 0 }));
    tunnelPublicUrl = withPort(tunnelListen.publicUrl, bound.port);
    tunnelListener = own;
  }
  const addresses = serviceAddresses(withPort(configuration.publicUrl, port), tunnelPublicUrl);

  const providerFetches = makeProviderFetches();
  opened.defer(() => providerFetches.close());
  // Both make their first keys here, which nodes that start together must not each do.
  const { authority, identity } = await store.alone(async () => ({
    authority: await ConnectorAuthority.open(store.keys, clock),
    identity: await makeIdentity({ configuration, addresses, store, providerFetches, clock, log }),
  }));
  opened.defer(() => identity.stop());
  await warnOfUnknownProviders(store, identity.providers, log);

  const configurations = new ConnectorConfigurations({
    source: store.followed,
    news: {
      onGroupChanged: (groupId) => relay.publishConfiguration(groupId),
      onConnectorMoved: (connectorId, groupId) => relay.moveConnector(connectorId, groupId),
      onConnectorRenamed: (connectorId, displayName) => relay.renameConnector(connectorId, displayName),
      onConnectorDraining: (connectorId, isDraining) => relay.drainConnector(connectorId, isDraining),
      onConnectorRemoved: (connectorId) => relay.disconnect(connectorId, 'TUNNEL_REVOKED'),
    },
    onError: (error) => log.error({ err: error }, 'configurations.reload_failed'),
  });
  const takeUps = new CertificateTakeUps({ connectors: store.connectors, log });
  opened.defer(() => takeUps.stop());
  const relayHost = makeRelayHost({
    tunnelAudience: addresses.tunnelAudience,
    serviceVersion,
    authority,
    configurations,
    connectors: store.connectors,
    renewals: new ConnectorRenewals({ authority, connectors: store.connectors, clock }),
    takeUps,
    log,
  });
  const relay = new Relay(relayHost, log);
  opened.defer(() => relay.close());
  await configurations.start();
  opened.defer(() => configurations.stop());

  const catalog = new ApplicationCatalog({
    source: store.followed,
    defaultProviderId: identity.providers.default.id,
    log,
  });
  await catalog.start();
  opened.defer(() => catalog.stop());
  const logos = new ApplicationLogos(store);
  opened.defer(() => logos.stop());

  const ownHosts = [addresses.hostname, ...configuration.additionalHosts];
  const acme = tls.makeAcmeManager(catalog, ownHosts);
  if (configuration.httpListen !== undefined) {
    const { httpListen } = configuration;
    const isKnownHost = (hostname: string): boolean =>
      ownHosts.includes(hostname) || catalog.firstOn(hostname) !== undefined;
    const { responder } = tls;
    const httpListener = await bind('httpListen', httpListen, () =>
      startHttpListener({ listen: httpListen, responder, isKnownHost, httpsPort: addresses.port }),
    );
    opened.defer(() => httpListener.close());
  }

  const traffic = new Traffic({ clock, randomId: randomUUID });
  const liveConnectors = (): ReturnType<Relay['liveConnectors']> => relay.liveConnectors();
  const api = await makeApi({
    configuration,
    addresses,
    serviceVersion,
    store,
    authority,
    certificates,
    acme,
    ownHosts,
    publishedHosts: () =>
      catalog.addresses().map(({ hostname, application }) => ({ hostname, applicationId: application.id })),
    publishedApplications: () => catalog.all().map(({ application }) => application),
    evaluateAccess: (question) => evaluateAccess(catalog, question),
    administratorTokens: identity.administratorTokens,
    liveConnectors,
    configurations,
    traffic,
    clientAddress: ({ socket, headers }) => proxies.resolve(socket.remoteAddress ?? '', false, headers).remoteAddress,
    clock,
    randomId: randomUUID,
    log,
  });
  opened.defer(() => api.close());

  const operations = await bind('operations', configuration.operations, () =>
    startOperationsListener({
      listen: configuration.operations,
      isReady: () => isReady,
      serviceVersion,
      liveConnectors,
      connectorCertificateExpiry: (id) => configurations.findConnector(id)?.certificateExpiresAtMs ?? null,
      relay,
      storeHealth: store.health,
      traffic,
      applications: () => catalog.all().length,
      sessions: () => identity.sessions.cached,
      signIns: () => identity.signIn.succeeded,
      applicationLabels: configuration.operations.applicationLabels,
      certificates: () => certificates.all().filter((certificate) => certificates.isInUse(certificate)),
    }),
  );
  opened.defer(() => operations.close());

  listener.serve(
    makeEdge({
      configuration,
      branding,
      addresses,
      catalog,
      logos,
      certificates,
      identity,
      relay,
      traffic,
      api,
      clock,
      log,
      infoLines,
    }),
  );
  tunnelListener?.serve(makeTunnelsOnly(relay, log));
  if (acme !== null) await startAcme(acme, certificates, catalog, { store, resources: opened });
  isReady = true;
  const resources = opened.move();
  const { host: operationsHost } = configuration.operations;
  const operationsUrl = `http://${operationsHost.includes(':') ? `[${operationsHost}]` : operationsHost}:${operations.port}`;
  log.info({ url: addresses.origin, operationsUrl, apiBaseUrl: addresses.apiBaseUrl, serviceVersion }, 'service.ready');

  let closing: Promise<void> | null = null;
  const stop = async (drainMs: number): Promise<void> => {
    isReady = false;
    log.info({ drainMs }, 'service.stopping');
    const deadlineMs = performance.now() + drainMs;
    const leftMs = (): number => Math.max(0, deadlineMs - performance.now());
    // Those who watch would hold the door open all the time.
    traffic.feed.close();
    // The users first: a request that is through the door needs a tunnel still.
    await listener.drain({ graceMs: drainMs });
    const drained = relay.drain(leftMs()).then(() => relay.close());
    await Promise.all([drained, listener.close({ graceMs: leftMs() }), tunnelListener?.close({ graceMs: leftMs() })]);
    await resources.disposeAsync();
    log.info('service.stopped');
  };
  return {
    url: addresses.origin,
    operationsUrl,
    apiRoutes: api.routes,
    reloadCertificates: () => tls.reload(),
    close: ({ drainMs = DRAIN_MS } = {}) => (closing ??= stop(drainMs)),
  };
}

async function openServiceStore(configuration: ServiceConfiguration, clock: () => number): Promise<Store> {
  const { dataFolder, directory } = configuration;
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new PosternError('CONFIG_INVALID', {
      message: `dataFolder: ${dataFolder} can't be made: ${error instanceof Error ? error.message : String(error)}.`,
      cause: error,
    });
  }
  const sealingKey = findSealingKeys(configuration, process.env);
  const store = await openStore({ location: storeLocation(configuration), sealingKey, clock });
  const [defaultProvider] = listIdentityProviders(configuration);
  const identityProviderId = defaultProvider?.id ?? '';
  await store.users.addDirectory(
    directory.users.map((user) => ({ ...user, identityProviderId: user.identityProviderId ?? identityProviderId })),
  );
  return store;
}

/** Port 0 in a public URL stands for the port that its listener got. */
function withPort(publicUrl: string, port: number): string {
  const url = new URL(publicUrl);
  if (url.port === '0') url.port = String(port);
  return url.href;
}

/** Says which key of the configuration a listener came from when it can't listen. */
async function bind<Result>(
  key: string,
  { host, port }: { readonly host: string; readonly port: number },
  listen: () => Promise<Result>,
): Promise<Result> {
  try {
    return await listen();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `another program listens at ${host} port ${port} already. End it, or set ${key}.port to another one`,
      EACCES: `this user may not listen at port ${port}. Set ${key}.port to one above 1023, or grant the right`,
      EADDRNOTAVAIL: `this machine has no address ${host}. Set ${key}.host to one of its own, or to 0.0.0.0`,
    };
    const reason = typeof code === 'string' ? reasons[code] : undefined;
    if (reason === undefined) throw error;
    throw new PosternError('CONFIG_INVALID', { message: `${key}: ${reason}.`, cause: error });
  }
}
