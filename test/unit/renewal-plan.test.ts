import { describe, expect, test } from 'vitest';
import {
  type AcmeHostState,
  afterFailure,
  afterSuccess,
  dueAtMs,
  findHostProblem,
  newAcmeHost,
} from '../../src-service/certificates/acme/renewal-plan.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const half = (): number => 0.5;

describe('when a host is tried', () => {
  test('at once without a certificate, with one when a third of its life is left', () => {
    const host = newAcmeHost('a.example');
    expect(dueAtMs(host, null)).toBe(0);
    const life = { fromMs: 10 * DAY_MS, toMs: 100 * DAY_MS };
    expect(dueAtMs(afterSuccess(host, 'id', 10 * DAY_MS), life)).toBe(70 * DAY_MS);
  });

  test('a failed renewal waits for its back-off, not for the certificate', () => {
    const life = { fromMs: 0, toMs: 90 * DAY_MS };
    const nowMs = 61 * DAY_MS;
    const failed = afterFailure(afterSuccess(newAcmeHost('a.example'), 'id', 0), 'refused', nowMs, half);
    expect(failed).toMatchObject({ certificateId: 'id', failures: 1, lastProblem: 'refused', lastAttemptAtMs: nowMs });
    expect(dueAtMs(failed, life)).toBe(nowMs + 5 * MINUTE_MS);
  });

  test('the back-off trebles from 5 minutes to 12 hours, give or take a tenth, and success ends it', () => {
    let host: AcmeHostState = newAcmeHost('a.example');
    const waits: number[] = [];
    for (let failures = 0; failures < 8; failures++) {
      host = afterFailure(host, 'refused', 0, half);
      waits.push(host.nextAttemptAtMs / MINUTE_MS);
    }
    expect(waits).toEqual([5, 15, 45, 135, 405, 720, 720, 720]);
    expect(afterFailure(newAcmeHost('a.example'), '', 0, () => 0).nextAttemptAtMs).toBe(4.5 * MINUTE_MS);
    expect(afterFailure(newAcmeHost('a.example'), '', 0, () => 1).nextAttemptAtMs).toBe(5.5 * MINUTE_MS);
    expect(afterSuccess(host, 'id', 7)).toEqual({
      ...newAcmeHost('a.example'),
      certificateId: 'id',
      lastAttemptAtMs: 7,
    });
  });
});

test.each([
  ['portal.example.com', true],
  ['*.example.com', false],
  ['intranet', false],
  ['localhost', false],
  ['app.postern.localhost', false],
  ['10.0.0.1', false],
  ['[::1]', false],
])('an authority can be asked for %s: %s', (hostname, isPossible) => {
  expect(findHostProblem(hostname) === null).toBe(isPossible);
});
