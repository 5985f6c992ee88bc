import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import {
  type ApplicationHealthView,
  type ConnectorHealthView,
  type GroupHealthView,
  type HealthStatus,
  describeApplicationHealth,
  describeConnectorHealth,
  describeGroupHealth,
} from './health-report.ts';

const PATH = '/postern/health';
/** Problems that one answer lists; their number is told all the same. */
const MAX_PROBLEMS = 100;
const DAY_MS = 86_400_000;
const CERTIFICATE_DAYS = 14;
const params = z.object({ id: z.string().max(256) });

/** Something that somebody should look at. */
interface Problem {
  readonly severity: Exclude<HealthStatus, 'ok'>;
  readonly kind: 'store' | 'certificate' | 'connector' | 'connectorGroup' | 'application';
  readonly id: string | null;
  readonly displayName: string | null;
  readonly message: string;
}

/** `/postern/health`: how the node, its connectors, groups and applications do, from memory where the store is down. */
export function registerHealthRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, configurations, liveConnectors, publishedApplications, certificates, traffic, clock } = options;

  const connectorHealth = async (): Promise<ConnectorHealthView[]> => {
    const nowMs = clock();
    const records = await store.connectors.list().catch(() => configurations.connectors());
    const presences = new Map(liveConnectors().map((presence) => [presence.connectorId, presence]));
    // That one is refused somebody wanted: it is nobody's trouble.
    const enrolled = records.filter(({ revokedAtMs }) => revokedAtMs === null);
    return enrolled.map((record) => describeConnectorHealth(record, presences.get(record.id), nowMs));
  };
  const groupHealth = (connectors: readonly ConnectorHealthView[]): GroupHealthView[] =>
    configurations.groups().map((group) => describeGroupHealth(group, connectors, publishedApplications()));
  const applicationHealth = (groups: readonly GroupHealthView[]): ApplicationHealthView[] => {
    const down = new Set(groups.filter(({ status }) => status === 'down').map(({ id }) => id));
    return publishedApplications().map((application) =>
      describeApplicationHealth(
        application,
        down.has(application.connectorGroupId),
        traffic.counts.ofApplication(application.id),
      ),
    );
  };

  server.get(PATH, async () => {
    const connectors = await connectorHealth();
    const groups = groupHealth(connectors);
    const applications = applicationHealth(groups);
    const expiring = certificates
      .all()
      .filter((each) => certificates.isInUse(each) && each.expiresAtMs - clock() < CERTIFICATE_DAYS * DAY_MS);
    const { state } = store.health;
    const problems: Problem[] = [];
    if (!state.isUp) {
      const message = `The store is ${state.reason}: ${state.message} Traffic and sessions go on.`;
      problems.push({ severity: 'degraded', kind: 'store', id: null, displayName: null, message });
    }
    for (const { id, names, expiresAtMs } of expiring) {
      const isOver = expiresAtMs <= clock();
      const message = `The certificate ${isOver ? 'has expired' : 'expires'} at ${new Date(expiresAtMs).toISOString()}.`;
      const severity = isOver ? 'down' : 'degraded';
      problems.push({ severity, kind: 'certificate', id, displayName: names[0] ?? null, message });
    }
    for (const { id, name, status, connectors: enrolled } of groups) {
      if (status !== 'down') continue;
      const message = `Applications need a connector, and none of ${enrolled} takes requests.`;
      problems.push({ severity: 'down', kind: 'connectorGroup', id, displayName: name, message });
    }
    for (const { id, displayName, problems: own } of connectors) {
      if (own.length === 0) continue;
      problems.push({ severity: 'degraded', kind: 'connector', id, displayName, message: own.join(', ') });
    }
    for (const { id, displayName, status, failingHop, lastError } of applications) {
      if ((status !== 'down' && status !== 'degraded') || failingHop === null) continue;
      const message = `${lastError?.code} (${failingHop}): ${lastError?.message}`;
      problems.push({ severity: status, kind: 'application', id, displayName, message });
    }
    const statuses = applications.map(({ status }) => status);
    const count = (wanted: ApplicationHealthView['status']): number =>
      statuses.filter((status) => status === wanted).length;
    const isDown = problems.some(({ severity }) => severity === 'down');
    return {
      status: isDown ? 'down' : problems.length > 0 ? 'degraded' : 'ok',
      scope: 'node',
      serviceVersion: options.serviceVersion,
      startedDateTime: new Date(traffic.counts.countedFromMs).toISOString(),
      store: state.isUp ? { isUp: true } : { isUp: false, reason: state.reason },
      connectors: {
        total: connectors.length,
        active: connectors.filter(({ status }) => status !== 'down').length,
        ok: connectors.filter(({ status }) => status === 'ok').length,
      },
      connectorGroups: groups,
      applications: {
        total: applications.length,
        ok: count('ok'),
        degraded: count('degraded'),
        down: count('down'),
        unknown: count('unknown'),
        disabled: count('disabled'),
      },
      problemCount: problems.length,
      problems: problems.toSorted(bySeverity).slice(0, MAX_PROBLEMS),
    };
  });

  server.get(`${PATH}/connectors`, async () => ({ value: await connectorHealth() }));

  server.get(`${PATH}/connectors/:id`, { schema: { params } }, async (request) =>
    require(await connectorHealth(), request.params.id, 'connector'),
  );

  server.get(`${PATH}/connectorGroups`, async () => ({ value: groupHealth(await connectorHealth()) }));

  server.get(`${PATH}/applications`, async () => ({
    scope: 'node',
    value: applicationHealth(groupHealth(await connectorHealth())),
  }));

  server.get(`${PATH}/applications/:id`, { schema: { params } }, async (request) =>
    require(applicationHealth(groupHealth(await connectorHealth())), request.params.id, 'application'),
  );
}

function require<View extends { readonly id: string }>(views: readonly View[], id: string, kind: string): View {
  const found = views.find((view) => view.id === id);
  if (found === undefined) throw new PosternError('API_NOT_FOUND', { message: `There is no ${kind} ${id}.` });
  return found;
}

function bySeverity(left: Problem, right: Problem): number {
  return Number(right.severity === 'down') - Number(left.severity === 'down');
}
