import type { Logger } from 'pino';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { SessionLifetimes, Sessions } from './sessions.ts';

/** How often in an interval of refreshes it is looked which sessions are due. */
const LOOKS_PER_INTERVAL = 10;
/** How long an unused session stays in the store beyond its idle time: what others know may still be written. */
const IDLE_GRACE_MS = 10 * 60_000;

export interface SessionUpkeepOptions {
  readonly sessions: Pick<Sessions, 'refreshDue' | 'writeUses'>;
  readonly store: {
    readonly sessions: { removeExpired(nowMs: number, unusedSinceMs: number): Promise<void> };
    readonly usedValues: { removeExpired(): Promise<void> };
    readonly userRevocations: { removeBefore(revokedBeforeMs: number): Promise<void> };
  };
  readonly lifetimes: SessionLifetimes;
  /** 0: no provider is asked. */
  readonly refreshIntervalMs: number;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Does in the background what sessions need: refreshes that are due, uses written down, old ones deleted. */
export function startSessionUpkeep(options: SessionUpkeepOptions): { stop(): void } {
  const { sessions, store, lifetimes, refreshIntervalMs, clock, log } = options;
  const behindMs = Math.min(IDENTITY_LIMITS.useWritingMs, lifetimes.idleMs / 4);
  const timers = [
    setInterval(() => void sessions.writeUses(behindMs), behindMs / 4),
    setInterval(() => {
      const nowMs = clock();
      Promise.all([
        // First what is known, lest a session be deleted that is in use.
        sessions.writeUses(0).then(() => store.sessions.removeExpired(nowMs, nowMs - lifetimes.idleMs - IDLE_GRACE_MS)),
        store.usedValues.removeExpired(),
        store.userRevocations.removeBefore(nowMs - IDENTITY_LIMITS.revocationMs),
      ]).catch((error: unknown) => log.warn({ err: error }, 'sessions.housekeeping_failed'));
    }, IDENTITY_LIMITS.housekeepingMs),
  ];
  if (refreshIntervalMs > 0) {
    timers.push(setInterval(() => sessions.refreshDue(), refreshIntervalMs / LOOKS_PER_INTERVAL));
  }
  for (const timer of timers) timer.unref();
  return { stop: () => timers.forEach((timer) => clearInterval(timer)) };
}
