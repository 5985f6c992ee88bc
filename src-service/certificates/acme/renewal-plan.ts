/** How a host that gets its certificates by ACME stands; kept in the store, so that a restart asks no authority again. */
export interface AcmeHostState {
  readonly hostname: string;
  readonly certificateId: string | null;
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
  readonly lastProblem: string | null;
  readonly lastAttemptAtMs: number | null;
  /** Not tried before; 0 for a host that was never tried. */
  readonly nextAttemptAtMs: number;
}

/** The life of the certificate that a host has. */
export interface CertificateLife {
  readonly fromMs: number;
  readonly toMs: number;
}

const FIRST_RETRY_MS = 5 * 60_000;
const RETRY_FACTOR = 3;
const MAX_RETRY_MS = 12 * 60 * 60_000;
const JITTER = 0.1;
const RENEW_AT = 2 / 3;

export function newAcmeHost(hostname: string): AcmeHostState {
  return { hostname, certificateId: null, failures: 0, lastProblem: null, lastAttemptAtMs: null, nextAttemptAtMs: 0 };
}

/** When a host is to be tried: at once without a certificate, with one when a third of its life is left. */
export function dueAtMs(state: AcmeHostState, life: CertificateLife | null): number {
  const renewAtMs = life === null ? 0 : life.fromMs + (life.toMs - life.fromMs) * RENEW_AT;
  return Math.max(renewAtMs, state.nextAttemptAtMs);
}

export function afterSuccess(state: AcmeHostState, certificateId: string, nowMs: number): AcmeHostState {
  return { ...newAcmeHost(state.hostname), certificateId, lastAttemptAtMs: nowMs };
}

/**
 * After a failure: 5 minutes, then three times as long each time up to 12 hours, ±10 %. Authorities count failures
 * (Let's Encrypt: 5 an hour for a host), and what is wrong is mostly mended by a person.
 */
export function afterFailure(
  state: AcmeHostState,
  problem: string,
  nowMs: number,
  random: () => number,
): AcmeHostState {
  const failures = state.failures + 1;
  const delayMs = Math.min(FIRST_RETRY_MS * RETRY_FACTOR ** (failures - 1), MAX_RETRY_MS);
  const nextAttemptAtMs = Math.round(nowMs + delayMs * (1 - JITTER + 2 * JITTER * random()));
  return { ...state, failures, lastProblem: problem, lastAttemptAtMs: nowMs, nextAttemptAtMs };
}

/** Why an authority on the Internet can't issue for a host without being asked; null where it can. */
export function findHostProblem(hostname: string): string | null {
  if (hostname.startsWith('*.')) return 'A wildcard can only be proven in DNS: upload a certificate for it.';
  const labels = hostname.split('.');
  if (labels.length < 2 || labels.at(-1) === 'localhost') return 'No authority knows this name: upload a certificate.';
  if (/^[\d.]+$/.test(hostname) || hostname.includes(':')) return 'An address is no host name.';
  return null;
}
