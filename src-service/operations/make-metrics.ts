import { Registry, collectDefaultMetrics } from 'prom-client';
import type { ConnectorPresence } from '../relay/relay-types.ts';
import { addCounter, addGauge, addHistogram, addLabelledGauge } from './metric-makers.ts';
import type { MetricSources } from './metric-sources.ts';
import { addTrafficMetrics } from './traffic-metrics.ts';

/** Makes the metrics of the service; docs/operations.md names each of them. */
export function makeMetrics(sources: MetricSources): Registry {
  const register = new Registry();
  // Among them the lag of the event loop.
  collectDefaultMetrics({ register });
  const { serviceVersion, certificates } = sources;
  addLabelledGauge(
    register,
    { name: 'postern_build_info', help: 'Always 1; the label says which version runs.' },
    ['version'],
    () => [[[serviceVersion], 1]],
  );
  addConnectorMetrics(register, sources);
  addTrafficMetrics(register, sources);
  addStoreMetrics(register, sources);
  addLabelledGauge(
    register,
    {
      name: 'postern_certificate_expiry_timestamp_seconds',
      help: 'When a TLS certificate in use expires, seconds since 1970; name is the first that it covers.',
    },
    ['certificate', 'source', 'name'],
    () =>
      certificates().map(({ id, source, names, expiresAtMs }) => [[id, source, names[0] ?? ''], expiresAtMs / 1000]),
  );
  return register;
}

function addConnectorMetrics(
  register: Registry,
  { liveConnectors, connectorCertificateExpiry, relay }: MetricSources,
): void {
  const sum = (read: (presence: ConnectorPresence) => number): number =>
    liveConnectors().reduce((total, presence) => total + read(presence), 0);
  addGauge(register, { name: 'postern_connectors', help: 'Connectors with at least one tunnel.' }, () => sum(() => 1));
  addGauge(register, { name: 'postern_tunnels', help: 'Tunnels that stand.' }, () => sum(({ tunnels }) => tunnels));
  addGauge(register, { name: 'postern_open_streams', help: 'Requests under way through tunnels.' }, () =>
    sum(({ openStreams }) => openStreams),
  );
  addGauge(
    register,
    { name: 'postern_connectors_cooling_down', help: 'Connectors that failed so often that others are asked first.' },
    () => sum(({ isCoolingDown }) => Number(isCoolingDown)),
  );
  /** A gauge with a line for each connector that stands; null leaves a connector out. */
  const perConnector = (name: string, help: string, read: (presence: ConnectorPresence) => number | null): void =>
    addLabelledGauge(register, { name, help }, ['connector'], () =>
      liveConnectors().flatMap((presence) => {
        const value = read(presence);
        return value === null ? [] : [[[presence.connectorId], value] as const];
      }),
    );
  perConnector('postern_connector_tunnels', 'Tunnels of a connector that stand.', ({ tunnels }) => tunnels);
  perConnector(
    'postern_tunnel_canary_seconds',
    'Time of an end-to-end probe through the tunnels of a connector, moving average.',
    ({ canaryMs }) => (canaryMs === null ? null : canaryMs / 1000),
  );
  perConnector(
    'postern_connector_configuration_version',
    'Version of the configuration that a connector accepted last.',
    ({ configurationVersion }) => configurationVersion,
  );
  perConnector(
    'postern_connector_configuration_rejected',
    'Whether a connector refused a newer configuration than the one it serves.',
    ({ configurationProblem }) => Number(configurationProblem !== null),
  );
  perConnector(
    'postern_connector_certificate_expiry_timestamp_seconds',
    'When the certificate of a connector expires, seconds since 1970.',
    ({ connectorId }) => {
      const expiresAtMs = connectorCertificateExpiry(connectorId);
      return expiresAtMs === null ? null : expiresAtMs / 1000;
    },
  );
  addCounter(
    register,
    {
      name: 'postern_relay_requests_total',
      help: 'Requests handed to the relay that are over, by outcome and by the hop where they failed.',
    },
    ['outcome', 'hop'],
    () => relay.counts.map(({ outcome, hop, count }) => [[outcome, hop], count]),
  );
  addCounter(
    register,
    { name: 'postern_tunnel_picks_total', help: 'Times that a request was handed to a tunnel.' },
    [],
    () => [[[], relay.picks.picks]],
  );
  addCounter(
    register,
    { name: 'postern_tunnel_retries_total', help: 'Times that a request was handed to a further tunnel.' },
    [],
    () => [[[], relay.picks.retries]],
  );
}

function addStoreMetrics(register: Registry, { storeHealth }: MetricSources): void {
  addGauge(register, { name: 'postern_store_up', help: 'Whether the store can be read and changed.' }, () =>
    Number(storeHealth.state.isUp),
  );
  addCounter(
    register,
    { name: 'postern_store_failures_total', help: 'Queries of the store that failed, by reason.' },
    ['reason'],
    () => Array.from(storeHealth.failures, ([reason, count]) => [[reason], count] as const),
  );
  addHistogram(
    register,
    { name: 'postern_store_query_seconds', help: 'Time of a query of the store, waiting for its turn left out.' },
    () => storeHealth.queryTimes.read(),
  );
}
