import { setTimeout as sleep } from 'node:timers/promises';
import { SMALL_PATH } from '../origin.ts';
import type { Target } from '../peer.ts';
import { quantile } from '../statistics.ts';
import { KeepAliveConnection } from './keep-alive-connection.ts';

const LATENCY_RATE = 500;
const PAUSE_MS = 1000 / LATENCY_RATE;
/** A lateness of the generator up to this is its timers' grain; more is a stall, and what fell into it is charged. */
const TIMER_GRAIN_MS = 4;
const DRAIN_WITHIN_MS = 10_000;

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Latencies at 500 GETs a second that are sent on time whether earlier ones are answered or not (an open loop: a stall
 * delays all that fall into it and they all count). Where no connection is free, one more is opened.
 * @throws Error when an answer was wrong or didn't come
 */
export async function measureLatency(target: Target, seconds: number): Promise<Latency> {
  const idle: KeepAliveConnection[] = [];
  const opened: KeepAliveConnection[] = [];
  const latenciesMs: number[] = [];
  const failures: Error[] = [];
  const open = (): KeepAliveConnection => {
    const connection = new KeepAliveConnection(target, SMALL_PATH);
    opened.push(connection);
    return connection;
  };
  const send = (dueMs: number): void => {
    const connection = idle.pop() ?? open();
    const nowMs = performance.now();
    const sentMs = nowMs - dueMs > TIMER_GRAIN_MS ? dueMs : nowMs;
    connection.ask((error) => {
      if (error !== null) failures.push(error);
      latenciesMs.push(performance.now() - sentMs);
      idle.push(connection);
    });
  };
  const count = seconds * LATENCY_RATE;
  const startMs = performance.now();
  for (let sent = 0; sent < count && failures.length === 0;) {
    const dueCount = Math.min(count, Math.floor((performance.now() - startMs) / PAUSE_MS));
    for (; sent < dueCount; sent += 1) send(startMs + (sent + 1) * PAUSE_MS);
    await sleep(1);
  }
  const deadlineMs = performance.now() + DRAIN_WITHIN_MS;
  while (latenciesMs.length < count && failures.length === 0 && performance.now() < deadlineMs) await sleep(1);
  for (const connection of opened) connection.close();
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  if (latenciesMs.length < count) throw new Error(`${count - latenciesMs.length} of ${count} requests got no answer.`);
  return { p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99) };
}
