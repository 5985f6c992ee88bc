import { type LevelWithSilent, type Logger, pino } from 'pino';
import { expect, test } from 'vitest';
import { TrafficLines } from '../../src-main/connector/cli/traffic-lines.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

const RECORD: TrafficRecord = {
  activityId: '0b1d5f8e-0000-4000-8000-000000000000',
  applicationId: 'app',
  applicationName: 'Die "Anwendung"\n\u2028\ud800',
  userId: 'alice-id',
  userName: 'Alice Ångström',
  method: 'GET',
  isUpgrade: false,
  sequence: 1,
  startedAtMs: 1_700_000_000_000,
  url: 'http://intranet/a\\b?c="d"',
  status: 200,
  requestBytes: 0,
  responseBytes: 1024,
  timing: { sentMs: 1, firstByteMs: 2, totalMs: 3 },
  connection: 'reused',
  outcome: 'complete',
  errorCode: null,
  errorHop: null,
  errorCause: null,
};
const FAILED: TrafficRecord = { ...RECORD, outcome: 'failed', errorCode: 'BACKEND_RESET', errorCause: 'it hung up' };
const BASE = { pid: 17, hostname: 'intranet', name: 'postern-connector' };
const NOW_MS = 1_700_000_000_123;

/** What is written to the sink of a log. */
function written(level: LevelWithSilent, write: (log: Logger, sink: { write(text: string): void }) => void): string {
  let text = '';
  const sink = {
    write: (more: string) => {
      text += more;
    },
  };
  write(pino({ base: BASE, level, timestamp: () => `,"time":${NOW_MS}` }, sink), sink);
  return text;
}

test('lines of requests are those that the log would have written, in order', () => {
  const batch = [RECORD, { ...RECORD, sequence: 2, outcome: 'cancelled' as const }, FAILED, RECORD];
  const byLog = written('info', (log) => {
    for (const record of batch)
      log[record.outcome === 'failed' ? 'warn' : 'info']({ traffic: record }, 'connector.request');
  });
  const byLines = written('info', (log, sink) => new TrafficLines(log, sink, BASE).write(batch, NOW_MS));
  expect(byLines).toBe(byLog);
  expect(byLines.split('\n')).toHaveLength(5);
});

test('a request that goes on is no line; below its level nothing is written', () => {
  const open: TrafficRecord = { ...RECORD, outcome: 'open' };
  const linesAt = (level: LevelWithSilent): number =>
    written(level, (log, sink) => new TrafficLines(log, sink, BASE).write([open, RECORD, FAILED], NOW_MS)).split('\n')
      .length - 1;
  expect((['info', 'warn', 'error'] as const).map(linesAt)).toEqual([2, 1, 0]);
});

test('a flood of requests is handed over in pieces', () => {
  let longest = 0;
  const sink = {
    write: (text: string) => {
      longest = Math.max(longest, text.length);
    },
  };
  const log = pino({ level: 'info' }, sink);
  new TrafficLines(log, sink, BASE).write(
    Array.from({ length: 1000 }, () => RECORD),
    NOW_MS,
  );
  expect(longest).toBeGreaterThan(60_000);
  expect(longest).toBeLessThan(70_000);
});
