import { setTimeout as delay } from 'node:timers/promises';

import { TrialError } from './trial-error.ts';

const POLL_MS = 100;

/**
 * Asks again and again until `check` gives a value; what it throws counts as "not yet".
 * @throws TrialError after `timeoutMs`, with `what` and the last trouble
 */
export async function waitUntil<Value>(
  what: string,
  timeoutMs: number,
  signal: AbortSignal,
  check: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  let trouble: unknown;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    try {
      const value = await check();
      if (value !== undefined) return value;
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    await delay(POLL_MS, undefined, { signal });
  }
  const cause = trouble instanceof Error ? ` (${describe(trouble)})` : '';
  throw new TrialError(`Waited ${Math.round(timeoutMs / 1000)} s in vain until ${what}${cause}.`, { cause: trouble });
}

function describe(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
