import type { ConnectorProblem, TunnelPhase } from '../../src-shared/connector/engine-state.ts';

/** When a tunnel that failed is dialled again; docs/limits.md says why these values. */
export interface ReconnectionPolicy {
  /** Attempts right after a failure that wait about `quickDelayMs` only. */
  readonly quickAttempts: number;
  /** ±50 %. */
  readonly quickDelayMs: number;
  /** First delay after the quick attempts, the ceiling of its jitter; doubles up to `maxDelayMs`. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** The longest `Retry-After` that is honoured. */
  readonly maxRetryAfterMs: number;
  /** How long a tunnel must stay up before its failures are forgotten: between these, by chance. */
  readonly minHealthyMs: number;
  readonly maxHealthyMs: number;
}

export const DEFAULT_RECONNECTION_POLICY: ReconnectionPolicy = {
  quickAttempts: 3,
  quickDelayMs: 200,
  baseDelayMs: 1000,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 600_000,
  minHealthyMs: 10_000,
  maxHealthyMs: 30_000,
};

/** Where one tunnel stands. Plain data; changes only by `stepReconnection`. */
export interface ReconnectionState {
  readonly phase: TunnelPhase;
  readonly sinceMs: number;
  /** Rises with each dial: what an earlier dial reports is out of date. */
  readonly attempt: number;
  readonly failures: number;
  /** While `waiting`: when to dial, ms since the epoch; for people, since that clock may be set meanwhile. */
  readonly nextAttemptAtMs: number | null;
  /** While `connected`: from when on the failures count as forgotten. */
  readonly healthyAtMs: number | null;
  readonly problem: ConnectorProblem | null;
}

/** What happens to a tunnel. */
export type ReconnectionInput =
  /** The engine starts. */
  | { readonly kind: 'start' }
  /** The WebSocket stands; the proof is next. */
  | { readonly kind: 'opened' }
  /** WELCOME came. */
  | { readonly kind: 'connected' }
  /** A dial failed or a running tunnel was lost. `retryAfterMs` is what the service asked for. */
  | { readonly kind: 'failed'; readonly problem: ConnectorProblem; readonly retryAfterMs: number | null }
  /** The service said no for good. */
  | { readonly kind: 'refused'; readonly problem: ConnectorProblem }
  /** The service is stopping: the running tunnel finishes by itself, a new one is dialled elsewhere; at once, if this one has stayed up. */
  | { readonly kind: 'replaced' }
  /** The waiting time is over, by a clock that nobody sets. */
  | { readonly kind: 'due' }
  /** This machine has other addresses than before: what made the last attempts fail may be gone. */
  | { readonly kind: 'networkChanged' }
  /** The administrator asks for an attempt now. */
  | { readonly kind: 'retryNow' }
  /** The engine stops: what runs may finish. */
  | { readonly kind: 'drain' }
  | { readonly kind: 'stopped' };

/** The moment and the chance that a step is taken with. */
export interface ReconnectionMoment {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/** A tunnel that was never started. */
export function makeReconnectionState(nowMs: number): ReconnectionState {
  return {
    phase: 'idle',
    sinceMs: nowMs,
    attempt: 0,
    failures: 0,
    nextAttemptAtMs: null,
    healthyAtMs: null,
    problem: null,
  };
}

/** The state after `input`; the same object where the input means nothing in this phase. */
export function stepReconnection(
  state: ReconnectionState,
  input: ReconnectionInput,
  moment: ReconnectionMoment,
  policy: ReconnectionPolicy,
): ReconnectionState {
  const enter = (phase: TunnelPhase, change: Partial<ReconnectionState> = {}): ReconnectionState => ({
    ...state,
    nextAttemptAtMs: null,
    healthyAtMs: null,
    ...change,
    phase,
    sinceMs: moment.nowMs,
  });
  const dial = (): ReconnectionState => enter('dialling', { attempt: state.attempt + 1 });
  const hasStayedUp = state.healthyAtMs !== null && moment.nowMs >= state.healthyAtMs;
  const wait = (problem: ConnectorProblem | null, retryAfterMs: number | null): ReconnectionState => {
    const failures = (hasStayedUp ? 0 : state.failures) + 1;
    const delayMs = retryDelayMs(failures, retryAfterMs, moment.random, policy);
    return enter('waiting', { failures, problem, nextAttemptAtMs: moment.nowMs + delayMs });
  };
  const isStopping = state.phase === 'draining' || state.phase === 'idle';

  switch (input.kind) {
    case 'start':
      return state.phase === 'idle' ? dial() : state;
    case 'opened':
      return state.phase === 'dialling' ? enter('authenticating') : state;
    case 'connected': {
      if (state.phase !== 'authenticating') return state;
      const healthyMs = policy.minHealthyMs + moment.random * (policy.maxHealthyMs - policy.minHealthyMs);
      return enter('connected', { healthyAtMs: moment.nowMs + healthyMs, problem: null });
    }
    case 'failed':
      if (isStopping || state.phase === 'waiting' || state.phase === 'refused') return state;
      return wait(input.problem, input.retryAfterMs);
    case 'refused':
      return isStopping ? state : enter('refused', { failures: state.failures + 1, problem: input.problem });
    case 'replaced':
      if (state.phase !== 'connected') return state;
      // A service that sends everybody on as soon as they come would be dialled without a pause.
      return hasStayedUp ? dial() : wait(null, null);
    case 'due':
      return state.phase === 'waiting' ? dial() : state;
    case 'networkChanged': {
      if (state.phase !== 'waiting') return state;
      // The first try may come before routes and DNS are back: the quick ones begin anew.
      const nextAttemptAtMs = moment.nowMs + retryDelayMs(1, null, moment.random, policy);
      return enter('waiting', { failures: 1, nextAttemptAtMs });
    }
    case 'retryNow':
      return state.phase === 'waiting' || state.phase === 'refused' ? dial() : state;
    case 'drain':
      return state.phase === 'idle' ? state : enter('draining');
    // `stopped`, the last one.
    default:
      return enter('idle', { failures: 0, problem: null });
  }
}

/**
 * How long to wait after the `failures`-th failure in a row: quick tries first, then a doubling ceiling with full jitter,
 * so that many connectors that lost one service don't come back in step. A `Retry-After` is the least.
 * @internal exported for its test
 */
export function retryDelayMs(
  failures: number,
  retryAfterMs: number | null,
  random: number,
  policy: ReconnectionPolicy,
): number {
  const isQuick = failures <= policy.quickAttempts;
  const doublings = Math.min(failures - policy.quickAttempts - 1, 30);
  const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** doublings);
  const ownMs = isQuick ? policy.quickDelayMs * (0.5 + random) : ceilingMs * random;
  if (retryAfterMs === null) return ownMs;
  return Math.min(retryAfterMs, policy.maxRetryAfterMs) + ownMs;
}
