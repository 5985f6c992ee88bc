import type { MetricSample } from './read-metrics.ts';

/** Something that whoever watches the service should know. */
export interface StatusProblem {
  readonly severity: 'warning' | 'critical';
  readonly message: string;
}

/** How a service stands. */
export interface ServiceStatus {
  readonly state: 'ok' | StatusProblem['severity'];
  readonly problems: readonly StatusProblem[];
  readonly version: string | null;
  readonly uptimeSeconds: number | null;
  /** What `/readyz` says; null where the service doesn't answer. */
  readonly readiness: string | null;
  readonly isStoreUp: boolean | null;
  readonly requestsUnderWay: number | null;
  readonly sessions: number | null;
  readonly connectorGroups: readonly GroupStatus[];
  readonly certificates: readonly CertificateStatus[];
}

interface GroupStatus {
  readonly name: string;
  readonly connectors: number;
  readonly online: number;
  readonly applications: number;
}

interface CertificateStatus {
  /** The first name that it covers, or the connector's. */
  readonly name: string;
  readonly kind: 'tls' | 'connector';
  readonly expiryDateTime: string;
}

/** What the store has of it; null where it can't be read. */
export interface StoredFacts {
  readonly groups: readonly { readonly id: string; readonly name: string; readonly applications: number }[];
  readonly connectors: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly connectorGroupId: string;
    readonly certificateExpiresAtMs: number;
  }[];
  readonly sessions: number;
}

export interface StatusFacts {
  /** Null where the service doesn't answer. */
  readonly service: {
    readonly isReady: boolean;
    readonly readiness: string;
    readonly metrics: readonly MetricSample[];
  } | null;
  readonly store: StoredFacts | null;
  /** Why it can't be read; null where it can. */
  readonly storeProblem: string | null;
  readonly nowMs: number;
  /** Days before an expiry that are worth a warning. */
  readonly warningDays: number;
}

const DAY_MS = 86_400_000;

/** Judges what the service and its store say. */
export function judgeStatus({ service, store, storeProblem, nowMs, warningDays }: StatusFacts): ServiceStatus {
  const problems: StatusProblem[] = [];
  const critical = (message: string): void => void problems.push({ severity: 'critical', message });
  const warning = (message: string): void => void problems.push({ severity: 'warning', message });
  const samples = service?.metrics ?? [];
  const valueOf = (name: string): number | null => samples.find((sample) => sample.name === name)?.value ?? null;
  if (service === null) critical('The service does not answer at operations.');
  else if (!service.isReady) critical(`The service takes no requests: ${service.readiness}.`);
  const storeUp = valueOf('postern_store_up');
  if (storeUp === 0) critical(`The store is down: ${service?.readiness}.`);
  if (store === null) warning(`Groups and sessions are not known: ${storeProblem}`);
  const online = new Set(
    samples
      .filter(({ name, value }) => name === 'postern_connector_tunnels' && value > 0)
      .map(({ labels }) => labels['connector']),
  );
  const connectorGroups = (store?.groups ?? []).map(({ id, name, applications }) => {
    const connectors = store?.connectors.filter(({ connectorGroupId }) => connectorGroupId === id) ?? [];
    const up = connectors.filter((connector) => online.has(connector.id)).length;
    if (service !== null && applications > 0 && up === 0) {
      critical(`No connector of the group "${name}" is online, and it has ${applications} applications.`);
    }
    return { name, connectors: connectors.length, online: up, applications };
  });
  if (service !== null) {
    for (const { id, displayName } of store?.connectors ?? []) {
      if (!online.has(id)) warning(`The connector "${displayName}" is offline.`);
    }
  }
  const certificates = listCertificates(samples, store);
  for (const { name, expiryDateTime, kind } of certificates) {
    const daysLeft = (Date.parse(expiryDateTime) - nowMs) / DAY_MS;
    const what = kind === 'tls' ? `The certificate of ${name}` : `The certificate of the connector "${name}"`;
    if (daysLeft <= 0) (kind === 'tls' ? critical : warning)(`${what} expired on ${expiryDateTime}.`);
    // Connectors renew theirs by themselves, at half of a life of 30 days.
    else if (kind === 'tls' && daysLeft < warningDays) warning(`${what} expires on ${expiryDateTime}.`);
  }
  const startedAt = valueOf('process_start_time_seconds');
  return {
    state: problems.some(({ severity }) => severity === 'critical')
      ? 'critical'
      : problems.length > 0
        ? 'warning'
        : 'ok',
    problems,
    version: samples.find(({ name }) => name === 'postern_build_info')?.labels['version'] ?? null,
    uptimeSeconds: startedAt === null ? null : Math.max(0, Math.round(nowMs / 1000 - startedAt)),
    readiness: service?.readiness ?? null,
    isStoreUp: storeUp === null ? null : storeUp === 1,
    requestsUnderWay: valueOf('postern_open_streams'),
    sessions: store?.sessions ?? null,
    connectorGroups,
    certificates,
  };
}

function listCertificates(samples: readonly MetricSample[], store: StoredFacts | null): CertificateStatus[] {
  const served = samples
    .filter(({ name }) => name === 'postern_certificate_expiry_timestamp_seconds')
    .map(({ labels, value }) => ({
      name: labels['name'] ?? '',
      kind: 'tls' as const,
      expiryDateTime: new Date(value * 1000).toISOString(),
    }));
  const own = (store?.connectors ?? []).map(({ displayName, certificateExpiresAtMs }) => ({
    name: displayName,
    kind: 'connector' as const,
    expiryDateTime: new Date(certificateExpiresAtMs).toISOString(),
  }));
  return [...served, ...own];
}

/** The status in words for a terminal. */
export function describeStatus(status: ServiceStatus): string {
  const { state, problems, version, uptimeSeconds, readiness, isStoreUp, sessions, requestsUnderWay } = status;
  const known = (value: string | number | null): string => (value === null ? 'not known' : String(value));
  return [
    `state: ${state}`,
    ...problems.map(({ severity, message }) => `  ${severity}: ${message}`),
    `version: ${known(version)}`,
    `uptime: ${uptimeSeconds === null ? 'not known' : `${uptimeSeconds} s`}`,
    `readiness: ${readiness ?? 'no answer'}`,
    `store: ${isStoreUp === null ? 'not known' : isStoreUp ? 'up' : 'down'}`,
    `sessions: ${known(sessions)}`,
    `requests under way: ${known(requestsUnderWay)}`,
    ...status.connectorGroups.map(
      ({ name, connectors, online, applications }) =>
        `group "${name}": ${online} of ${connectors} connectors online, ${applications} applications`,
    ),
    ...status.certificates.map(
      ({ name, kind, expiryDateTime }) =>
        `certificate of ${kind === 'tls' ? '' : 'the connector '}${name}: until ${expiryDateTime}`,
    ),
  ].join('\n');
}
