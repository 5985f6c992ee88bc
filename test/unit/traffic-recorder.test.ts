import { describe, expect, test } from 'vitest';
import { redactHeaders } from '../../src-shared/connector/redact-headers.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import { redactUrl } from '../../src-shared/connector/redact-url.ts';
import { type TrafficClock, TrafficRecorder, type TrafficSeed } from '../../src-main/connector/traffic-recorder.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

const SEED: TrafficSeed = {
  activityId: 'id',
  applicationId: 'app',
  applicationName: 'Application',
  userId: null,
  userName: null,
  method: 'GET',
  isUpgrade: false,
  url: 'http://origin/',
};

const AT_ZERO: TrafficClock = { now: () => 0, monotonicMs: () => 0 };

function makeRecorder(
  maxBatchRecords: number,
  clock = AT_ZERO,
): { recorder: TrafficRecorder; batches: (readonly TrafficRecord[])[] } {
  const recorder = new TrafficRecorder({ maxBatchRecords, batchDelayMs: 60_000, maxHeadsPerSecond: 3 }, clock);
  const batches: (readonly TrafficRecord[])[] = [];
  recorder.onTraffic((batch) => batches.push(batch));
  return { recorder, batches };
}

test('a request that is done within a batch is told once; an open one again under its sequence', () => {
  const { recorder, batches } = makeRecorder(100);
  const quick = recorder.begin(SEED);
  quick.answered(200);
  quick.completed();
  const long = recorder.begin(SEED);
  recorder.flush();
  long.completed();
  recorder.flush();
  expect(batches.map((batch) => batch.map(({ sequence, outcome }) => `${sequence} ${outcome}`))).toEqual([
    ['1 complete', '2 open'],
    ['2 complete'],
  ]);
});

test('a flood is told in batches of a bounded size', () => {
  const { recorder, batches } = makeRecorder(10);
  for (let count = 0; count < 25; count += 1) recorder.begin(SEED).completed();
  expect(batches.map(({ length }) => length)).toEqual([10, 10]);
  recorder.flush();
  expect(new Set(batches.flat().map(({ sequence }) => sequence)).size).toBe(25);
  expect(batches.flat().filter(({ outcome }) => outcome === 'complete')).toHaveLength(25);
});

test('only the first outcome counts', () => {
  const { recorder, batches } = makeRecorder(10);
  const entry = recorder.begin(SEED);
  entry.failed('BACKEND_RESET', 'cause');
  entry.completed();
  recorder.flush();
  expect(batches.flat()).toMatchObject([{ outcome: 'failed', errorCode: 'BACKEND_RESET' }]);
});

test('a wall clock that is set back in the middle of a request makes no time negative', () => {
  let wallMs = 1_000_000;
  let monotonicMs = 50;
  const { recorder, batches } = makeRecorder(10, { now: () => wallMs, monotonicMs: () => monotonicMs });
  const entry = recorder.begin(SEED);
  wallMs -= 60_000;
  monotonicMs += 0.6;
  entry.sent(null);
  monotonicMs += 1.256;
  entry.answered(200);
  entry.completed();
  recorder.flush();
  const timing = { sentMs: 0.6, firstByteMs: 1.86, totalMs: 1.86 };
  expect(batches.flat()).toMatchObject([{ startedAtMs: 1_000_000, timing }]);
});

describe('B72 secrets in URLs', () => {
  test.each([
    ['/a?page=1&sort=key_asc', '/a?page=1&sort=key_asc'],
    ['/a?token=x', '/a?token=[secret]'],
    ['/a?access_token=x&b=2', '/a?access_token=[secret]&b=2'],
    ['/a?idToken=x', '/a?idToken=[secret]'],
    ['/a?X-Amz-Signature=x', '/a?X-Amz-Signature=[secret]'],
    ['/a?client%5Fsecret=x', '/a?client%5Fsecret=[secret]'],
    ['/a?PASSWORD=x', '/a?PASSWORD=[secret]'],
    ['/a?code=x&state=open', '/a?code=[secret]&state=open'],
    ['/a?monkey=x&tokens', '/a?monkey=x&tokens'],
    ['/a?%=x&token=', '/a?%=x&token='],
  ])('%s', (url, expected) => {
    expect(redactUrl(url)).toBe(expected);
  });

  test('a very long URL is cut', () => {
    expect(redactUrl(`/${'a'.repeat(5000)}`)).toHaveLength(2049);
  });
});

describe('B72 secrets in headers', () => {
  test.each([
    ['Cookie', 'sid=abc; theme=dark', 'sid=[secret]; theme=[secret]'],
    ['Set-Cookie', 'sid=abc; Path=/; HttpOnly', 'sid=[secret]; Path=/; HttpOnly'],
    ['set-cookie', 'odd', '[secret]'],
    ['Authorization', 'Basic dXNlcjpwYXNz', 'Basic [secret]'],
    ['authorization', 'odd', '[secret]'],
    ['WWW-Authenticate', 'NTLM TlRMTVNTUAACAAAA', 'NTLM [secret]'],
    ['WWW-Authenticate', 'Basic realm="Files"', 'Basic realm="Files"'],
    ['X-Api-Key', 'k', '[secret]'],
    ['X-CSRF-Token', 't', '[secret]'],
    ['X-Custom', 'a1b2c3d4e5f6g7h8i9j0k1l2m3', '[secret]'],
    ['X-Request-Id', '0d6d4a3e-6a5f-4f3c-9a2e-0b1c2d3e4f50', '0d6d4a3e-6a5f-4f3c-9a2e-0b1c2d3e4f50'],
    ['X-User', 'alice', 'alice'],
    ['Location', '/cb?code=abc&next=/a', '/cb?code=[secret]&next=/a'],
    ['Referer', 'http://h/a?token=x', 'http://h/a?token=[secret]'],
    ['X-Original', '/a?password=x', '/a?password=[secret]'],
    ['Content-Type', 'text/html; charset=utf-8', 'text/html; charset=utf-8'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['X-Note', 'see eyJhbGciOi.eyJzdWIi.c2ln now', 'see [secret] now'],
  ])('%s: %s is kept as %s', (name, value, kept) => {
    expect(redactHeaders([name, value])).toEqual([{ name, value: kept }]);
    expect(redactHeaders([Buffer.from(name), Buffer.from(value)])).toEqual([{ name, value: kept }]);
  });

  test('are looked at for a few requests a second, for those that are captured too, and for nobody where nobody asks', () => {
    const { recorder } = makeRecorder(100);
    recorder.begin(SEED).keepHeads(['cookie', 'a=b'], null);
    const told: TrafficHeads[] = [];
    recorder.onHeads((batch) => told.push(...batch));
    for (let count = 0; count < 10; count += 1) {
      const entry = recorder.begin(SEED);
      entry.isCaptured = count === 9;
      entry.keepHeads(['cookie', 'a=b'], ['server', 'x']);
    }
    recorder.flush();
    expect(told.map(({ sequence }) => sequence)).toEqual([2, 3, 4, 11]);
    expect(told[0]?.request).toEqual([{ name: 'cookie', value: 'a=[secret]' }]);
  });
});
