import { z } from 'zod';
import { HOPS } from '../../src-shared/errors/failing-hop.ts';
import { isErrorCode } from '../../src-shared/errors/registry.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import type { ApplicationTest, ApplicationTestStation } from '../../src-shared/ipc/application-test.ts';
import type { Application, Connector } from '../../src-shared/publishing/application.ts';
import { isWildcardHost } from '../../src-shared/publishing/urls.ts';
import type { BackendGuard } from '../connector/policy/backend-guard.ts';
import { testBackend } from './backend-test.ts';
import { describeServiceFailure, type Fetch } from './net-errors.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { remedyFor } from '../../src-shared/text/say-error.ts';
import { tellError } from './spoken-error.ts';

const TIMEOUT_MS = 15_000;
const ACTIVITY_ID = 'x-postern-activity-id';

export interface ApplicationTestOptions {
  readonly readApplication: (id: string) => Promise<Application>;
  readonly listConnectors: () => Promise<readonly Connector[]>;
  readonly fetch: Fetch;
  /** The connector that this machine is. */
  readonly connectorId: string | null;
  readonly records: () => readonly TrafficRecord[];
  /** Stands before the request to the backend. */
  readonly guard: BackendGuard;
  readonly language: Language;
}

/** What the service says in place of an answer of the application. */
const problemSchema = z.object({ code: z.string(), detail: z.string(), hop: z.enum(HOPS) });

type Station = Omit<ApplicationTestStation, 'hop' | 'durationMs' | 'remedy'> & Partial<ApplicationTestStation>;

function station(found: Station): ApplicationTestStation {
  return { hop: null, durationMs: null, remedy: null, ...found };
}

/**
 * Goes the way of a request station by station: what the service knows, the external address as a stranger sees it, the
 * probes through the tunnels, and the backend from this machine. Where no sign-in is asked for, the stranger's request goes
 * the whole way; elsewhere what it would take to do so is said instead.
 * @throws PosternError where the service does not tell about the application
 */
export async function testApplication(id: string, options: ApplicationTestOptions): Promise<ApplicationTest> {
  const beganAtMs = performance.now();
  const application = await options.readApplication(id);
  const service = station({
    station: 'service',
    outcome: 'passed',
    finding: 'known',
    detail: '',
    durationMs: performance.now() - beganAtMs,
  });
  const outside = await askFromOutside(application, options);
  const own = (await options.listConnectors()).filter(
    ({ connectorGroupId }) => connectorGroupId === application.connectorGroupId,
  );
  const backend = own.some((connector) => connector.id === options.connectorId)
    ? await askBackend(application, options)
    : station({ station: 'backend', outcome: 'skipped', finding: 'isElsewhere', detail: '' });
  const record = options.records().findLast(({ activityId }) => activityId === outside.activityId);
  return {
    stations: [service, outside.address, describeTunnel(own), backend, outside.request],
    activityId: outside.activityId,
    timedRequest: record ?? null,
  };
}

interface Outside {
  readonly address: ApplicationTestStation;
  readonly request: ApplicationTestStation;
  readonly activityId: string | null;
}

/** Asks as a program does that has no session: such a one gets no redirect to a sign-in (B13). */
async function askFromOutside(
  { onPremisesPublishing }: Application,
  { fetch, language }: Pick<ApplicationTestOptions, 'fetch' | 'language'>,
): Promise<Outside> {
  const { externalUrl, externalAuthenticationType } = onPremisesPublishing;
  const unasked = station({ station: 'request', outcome: 'skipped', finding: 'needsSignIn', detail: '' });
  if (isWildcardHost(new URL(externalUrl).hostname)) {
    const address = station({ station: 'address', outcome: 'skipped', finding: 'isWildcard', detail: externalUrl });
    return { address, request: { ...unasked, finding: 'isWildcard' }, activityId: null };
  }
  const beganAtMs = performance.now();
  const at = (): { durationMs: number } => ({ durationMs: performance.now() - beganAtMs });
  let response: Response;
  let body: string;
  try {
    response = await fetch(externalUrl, {
      headers: { accept: 'application/json', 'x-requested-with': 'XMLHttpRequest' },
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await response.text();
  } catch (error) {
    const failed = describeServiceFailure(error, externalUrl);
    const message = tellError(failed, language);
    const failure = {
      outcome: 'failed',
      finding: 'failed',
      detail: message,
      ...at(),
      remedy: remedyFor(failed.code, language),
    } as const;
    return { address: station({ station: 'address', ...failure }), request: unasked, activityId: null };
  }
  const activityId = response.headers.get(ACTIVITY_ID);
  const problem = readProblem(response, body);
  const address = station({ station: 'address', outcome: 'passed', finding: 'answered', detail: externalUrl, ...at() });
  if (problem === null) {
    const detail = `${response.status} ${response.statusText}`.trim();
    const isWhole = externalAuthenticationType === 'passthru';
    const request = station({ station: 'request', outcome: 'passed', finding: 'answered', detail, ...at() });
    return { address, request: isWhole ? request : unasked, activityId: isWhole ? activityId : null };
  }
  if (problem.code === 'EDGE_UNAUTHENTICATED') {
    return { address: { ...address, finding: 'asksForSignIn' }, request: unasked, activityId: null };
  }
  if (problem.code === 'EDGE_MAINTENANCE') {
    const closed = { ...address, outcome: 'failed', finding: 'inMaintenance' } as const;
    return { address: closed, request: { ...unasked, finding: 'inMaintenance' }, activityId: null };
  }
  const failure = {
    outcome: 'failed',
    finding: 'failed',
    detail: `${problem.code}: ${problem.detail}`,
    hop: problem.hop,
    remedy: isErrorCode(problem.code) ? remedyFor(problem.code, language) : null,
    ...at(),
  } as const;
  return { address, request: station({ station: 'request', ...failure }), activityId };
}

function readProblem(response: Response, body: string): z.infer<typeof problemSchema> | null {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true) return null;
  try {
    return problemSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

function describeTunnel(connectors: readonly Connector[]): ApplicationTestStation {
  const connected = connectors.filter(({ tunnels }) => tunnels > 0);
  const fastest = connected
    .filter(({ canaryMs }) => canaryMs !== null)
    .toSorted((one, other) => (one.canaryMs ?? 0) - (other.canaryMs ?? 0))[0];
  if (fastest !== undefined) {
    const { displayName, canaryMs } = fastest;
    return station({
      station: 'tunnel',
      outcome: 'passed',
      finding: 'probeAnswered',
      detail: displayName,
      durationMs: canaryMs,
    });
  }
  const finding = connected.length === 0 ? 'noConnector' : 'noProbeAnswered';
  return station({ station: 'tunnel', outcome: 'failed', finding, detail: '', hop: 'tunnel' });
}

async function askBackend(
  { onPremisesPublishing }: Application,
  { guard, language }: Pick<ApplicationTestOptions, 'guard' | 'language'>,
): Promise<ApplicationTestStation> {
  const { internalUrl, isBackendCertificateValidationEnabled } = onPremisesPublishing;
  if (isWildcardHost(new URL(internalUrl).hostname)) {
    return station({ station: 'backend', outcome: 'skipped', finding: 'isWildcard', detail: internalUrl });
  }
  const { durationMs, problem, status, statusText } = await testBackend(
    internalUrl,
    isBackendCertificateValidationEnabled,
    guard,
    language,
  );
  if (problem === null) {
    const detail = `${status} ${statusText}`.trim();
    return station({ station: 'backend', outcome: 'passed', finding: 'answered', detail, durationMs });
  }
  const { message, remedy } = problem;
  return station({ station: 'backend', outcome: 'failed', finding: 'failed', detail: message, durationMs, remedy });
}
