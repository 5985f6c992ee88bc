/** Failures in a row before a connector is left out: one alone may be the fault of its request. @internal */
export const FAILURES_BEFORE_COOL_DOWN = 3;
const FIRST_COOL_DOWN_MS = 1000;
const MAX_COOL_DOWN_MS = 30_000;

/** How a connector did lately. Plain data; `stepConnectorHealth` makes the next. */
export interface ConnectorHealth {
  /** Failures since the last success; those within a cool-down count once. */
  readonly failures: number;
  /** Until when it is left out where the group has another, on a monotonic clock, ms; 0 when it isn't. */
  readonly coolUntilMs: number;
}

export type ConnectorHealthInput = 'succeeded' | 'failed';

export const HEALTHY: ConnectorHealth = { failures: 0, coolUntilMs: 0 };

/**
 * A success makes a connector healthy. From the third failure in a row on it cools down for 1 s, doubling to 30 s with
 * each failure after such a time. What fails while it cools down began before and tells nothing new.
 */
export function stepConnectorHealth(
  state: ConnectorHealth,
  input: ConnectorHealthInput,
  nowMs: number,
): ConnectorHealth {
  if (input === 'succeeded') return state.failures === 0 ? state : HEALTHY;
  if (isCoolingDown(state, nowMs)) return state;
  const failures = state.failures + 1;
  const doublings = failures - FAILURES_BEFORE_COOL_DOWN;
  if (doublings < 0) return { failures, coolUntilMs: 0 };
  return { failures, coolUntilMs: nowMs + Math.min(MAX_COOL_DOWN_MS, FIRST_COOL_DOWN_MS * 2 ** doublings) };
}

export function isCoolingDown(state: ConnectorHealth, nowMs: number): boolean {
  return nowMs < state.coolUntilMs;
}
