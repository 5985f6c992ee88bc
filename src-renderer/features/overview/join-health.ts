import { isErrorCode } from '../../../src-shared/errors/registry.ts';
import type { ApplicationWatch, ApplicationWatchSummary } from '../../../src-shared/connector/application-watch.ts';
import type { ApplicationHealth } from '../../../src-shared/publishing/application-health.ts';

/** One failure may be that of its request alone. */
const FAILURES_IN_ROW = 2;

/**
 * What passed here and what the service saw, as one: this machine knows best what fails behind it, the service what never
 * came as far, and what was before this app was started. Pure.
 */
export function joinHealth(
  watch: ApplicationWatchSummary,
  health: ReadonlyMap<string, ApplicationHealth>,
): ApplicationWatchSummary {
  if (health.size === 0) return watch;
  const counts = { ok: watch.ok, failing: watch.failing, unknown: watch.unknown };
  const listed = watch.listed.map((application) => {
    const joined = join(application, health.get(application.id));
    counts[application.status] -= 1;
    counts[joined.status] += 1;
    return joined;
  });
  return { ...counts, listed: listed.toSorted((one, other) => rank(one) - rank(other)) };
}

function join(watch: ApplicationWatch, health: ApplicationHealth | undefined): ApplicationWatch {
  if (health === undefined || watch.status === 'failing') return watch;
  const { failingHop, failuresInRow, lastError, status, lastAnsweredDateTime } = health;
  if (failingHop !== null && (status === 'down' || failuresInRow >= FAILURES_IN_ROW)) {
    const cause = lastError === null ? null : (lastError.message ?? lastError.code);
    const sinceMs = lastError === null ? null : Date.parse(lastError.dateTime);
    const code = isErrorCode(lastError?.code) ? lastError.code : null;
    return { ...watch, status: 'failing', hop: failingHop, code, cause, sinceMs };
  }
  if (watch.status === 'unknown' && status === 'ok' && lastAnsweredDateTime !== null) {
    return { ...watch, status: 'ok', sinceMs: Date.parse(lastAnsweredDateTime) };
  }
  return watch;
}

function rank({ status }: ApplicationWatch): number {
  return status === 'failing' ? 0 : 1;
}
