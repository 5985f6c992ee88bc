import { Session } from 'node:inspector';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { Logger } from 'pino';
import {
  MEMORY_RETURN_LIMITS,
  type MemoryReturnState,
  NOTHING_RETURNED,
  afterLook,
  isReturnDue,
} from '../src-shared/memory/memory-return.ts';

/**
 * Gives memory back to the system when nothing happens (ADR 0019). V8 keeps what a busy hour needed: the young part of its heap, grown by
 * that, and the pages of objects that are over, a hundred MiB and more, for as long as little is made that would have it look.
 * Asked by the inspector's protocol, within the process; nothing listens.
 * @param lookMs from one look to the next
 * @returns what ends it
 */
export function returnMemoryWhenQuiet(log: Logger, lookMs: number = MEMORY_RETURN_LIMITS.lookMs): () => void {
  let state: MemoryReturnState = NOTHING_RETURNED;
  let seen = performance.eventLoopUtilization();
  const look = async (): Promise<void> => {
    const now = performance.eventLoopUtilization();
    const { utilization: busyShare } = performance.eventLoopUtilization(now, seen);
    seen = now;
    const sample = { nowMs: performance.now(), busyShare, residentBytes: process.memoryUsage.rss() };
    if (!isReturnDue(state, sample)) {
      state = afterLook(state, sample);
      return;
    }
    state = { ...state, givenAtMs: sample.nowMs };
    await collectGarbage();
    const tookMs = Math.round(performance.now() - sample.nowMs);
    state = { ...state, floorBytes: process.memoryUsage.rss() };
    const level = tookMs > MEMORY_RETURN_LIMITS.longPauseMs ? 'info' : 'debug';
    log[level]({ tookMs, residentBytes: sample.residentBytes, leftBytes: state.floorBytes }, 'memory.returned');
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      // Node may have been started without its inspector: nothing will change that.
      clearInterval(timer);
      log.warn({ err: error }, 'memory.return_failed');
    });
  }, lookMs).unref();
  return () => clearInterval(timer);
}

function collectGarbage(): Promise<void> {
  return new Promise((resolve, reject) => {
    const session = new Session();
    session.connect();
    session.post('HeapProfiler.collectGarbage', (error) => {
      // Not from within the answer: V8 holds a lock then, and the process would stand still for good.
      setImmediate(() => session.disconnect());
      if (error === null) resolve();
      else reject(error);
    });
  });
}
