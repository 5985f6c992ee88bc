import process from 'node:process';
import { afterAll, beforeAll } from 'vitest';
import { flushTestLogs } from './test-log.ts';

/**
 * Runs around every test file: what a file starts it also ends. Sockets, servers, child processes and watchers that
 * outlive it fail the file. Timers are left out, because the runner holds some of its own, and worker threads, because
 * Node does not count them.
 */
const WATCHED = ['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'UDPWrap', 'PipeWrap', 'ProcessWrap', 'FSEventWrap'];

/** Sockets need some turns of the event loop, and processes some time, to be gone after they were closed. */
const GRACE_MS = 3000;
const STEP_MS = 20;

let before = new Map<string, number>();

beforeAll(() => {
  before = countResources();
});

afterAll(async () => {
  flushTestLogs();
  const deadlineMs = performance.now() + GRACE_MS;
  let leaks = findLeaks();
  while (leaks.length > 0 && performance.now() < deadlineMs) {
    await new Promise((resolve) => {
      setTimeout(resolve, STEP_MS);
    });
    leaks = findLeaks();
  }
  if (leaks.length > 0) {
    throw new Error(`This file leaves open: ${leaks.join(', ')}. Close in afterEach or afterAll what a test starts.`);
  }
});

function findLeaks(): string[] {
  const leaks: string[] = [];
  for (const [type, count] of countResources()) {
    const left = count - (before.get(type) ?? 0);
    if (left > 0) leaks.push(`${left} ${type}`);
  }
  return leaks;
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    if (WATCHED.includes(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
