import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { ServedCertificate } from '../certificates/served-certificate.ts';
import type { RelayCount } from '../relay/relay-tally.ts';
import type { ConnectorPresence } from '../relay/relay-types.ts';
import type { StoreHealth } from '../store/database/store-health.ts';

export interface OperationsOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** Whether the service takes requests: false while it starts and once it stops. */
  readonly isReady: () => boolean;
  readonly liveConnectors: () => readonly ConnectorPresence[];
  readonly relayCounts: () => readonly RelayCount[];
  readonly storeHealth: Pick<StoreHealth, 'state' | 'failures'>;
  /** Those that clients are served with. */
  readonly certificates: () => readonly Pick<ServedCertificate, 'id' | 'source' | 'names' | 'expiresAtMs'>[];
}

export interface OperationsListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers operators: `/healthz` (the process lives), `/readyz` (it takes requests), `/metrics` (Prometheus). */
export async function startOperationsListener(options: OperationsOptions): Promise<OperationsListener> {
  const { listen } = options;
  const metrics = makeMetrics(options);
  const server = createServer((request, response) => {
    answer(request, response, options, metrics).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          metrics.clear();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { isReady, storeHealth }: OperationsOptions,
  metrics: Registry,
): Promise<void> {
  const plain = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };
  switch (request.url) {
    case '/healthz':
      return plain(200, 'ok');
    case '/readyz':
      return isReady() ? plain(200, readiness(storeHealth)) : plain(503, 'not ready');
    case '/metrics':
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
      return;
    default:
      return plain(404, 'There are /healthz, /readyz and /metrics.');
  }
}

/** A node whose store is down is ready all the same: sessions and traffic go on, and every other node has the same store. */
function readiness({ state }: OperationsOptions['storeHealth']): string {
  return state.isUp ? 'ready' : `ready, but the store is not (${state.reason}): ${state.message}`;
}

function makeMetrics({ liveConnectors, relayCounts, certificates, storeHealth }: OperationsOptions): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const gauge = (name: string, help: string, read: () => number): void => {
    const metric: Gauge = new Gauge({ name, help, registers: [register], collect: (): void => metric.set(read()) });
  };
  const sum = (read: (presence: ConnectorPresence) => number): number =>
    liveConnectors().reduce((total, presence) => total + read(presence), 0);
  gauge('postern_connectors', 'Connectors with at least one tunnel.', () => liveConnectors().length);
  gauge('postern_tunnels', 'Tunnels that stand.', () => sum((presence) => presence.tunnels));
  gauge('postern_open_streams', 'Requests under way through tunnels.', () => sum((presence) => presence.openStreams));
  perConnector(
    register,
    'postern_connector_tunnels',
    'Tunnels of a connector that stand.',
    liveConnectors,
    (presence) => presence.tunnels,
  );
  perConnector(
    register,
    'postern_tunnel_canary_seconds',
    'Time of an end-to-end probe through the tunnels of a connector, moving average.',
    liveConnectors,
    ({ canaryMs }) => (canaryMs === null ? null : canaryMs / 1000),
  );
  countRequests(register, relayCounts);
  showExpiry(register, certificates);
  gauge('postern_store_up', 'Whether the store can be read and changed.', () => Number(storeHealth.state.isUp));
  countStoreFailures(register, storeHealth);
  return register;
}

function showExpiry(register: Registry, certificates: OperationsOptions['certificates']): void {
  const metric: Gauge<'certificate' | 'source' | 'name'> = new Gauge({
    name: 'postern_certificate_expiry_timestamp_seconds',
    help: 'When a TLS certificate in use expires, seconds since 1970; name is the first that it covers.',
    labelNames: ['certificate', 'source', 'name'],
    registers: [register],
    collect: (): void => {
      metric.reset();
      for (const { id, source, names, expiresAtMs } of certificates()) {
        metric.set({ certificate: id, source, name: names[0] ?? '' }, expiresAtMs / 1000);
      }
    },
  });
}

/** A gauge with a line for each connector that stands; null leaves a connector out. */
function perConnector(
  register: Registry,
  name: string,
  help: string,
  liveConnectors: OperationsOptions['liveConnectors'],
  read: (presence: ConnectorPresence) => number | null,
): void {
  const metric: Gauge<'connector'> = new Gauge({
    name,
    help,
    labelNames: ['connector'],
    registers: [register],
    collect: (): void => {
      metric.reset();
      for (const presence of liveConnectors()) {
        const value = read(presence);
        if (value !== null) metric.set({ connector: presence.connectorId }, value);
      }
    },
  });
}

function countRequests(register: Registry, relayCounts: OperationsOptions['relayCounts']): void {
  const metric: Counter<'outcome' | 'hop'> = new Counter({
    name: 'postern_relay_requests_total',
    help: 'Requests handed to the relay that are over, by outcome and by the hop where they failed.',
    labelNames: ['outcome', 'hop'],
    registers: [register],
    collect: (): void => {
      metric.reset();
      for (const { outcome, hop, count } of relayCounts()) metric.inc({ outcome, hop }, count);
    },
  });
}

function countStoreFailures(register: Registry, storeHealth: OperationsOptions['storeHealth']): void {
  const metric: Counter<'reason'> = new Counter({
    name: 'postern_store_failures_total',
    help: 'Queries of the store that failed, by reason.',
    labelNames: ['reason'],
    registers: [register],
    collect: (): void => {
      metric.reset();
      for (const [reason, count] of storeHealth.failures) metric.inc({ reason }, count);
    },
  });
}
