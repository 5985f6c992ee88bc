import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_RECONNECTION_POLICY as policy,
  makeReconnectionState,
  type ReconnectionInput,
  type ReconnectionState,
  retryDelayMs,
  stepReconnection,
} from '../../src-main/connector/reconnection.ts';

const PROBLEM = { code: 'SERVICE_UNREACHABLE', message: 'gone', remedy: 'look', atMs: 0 } as const;
const FAILED: ReconnectionInput = { kind: 'failed', problem: PROBLEM, retryAfterMs: null };
const REFUSED: ReconnectionInput = { kind: 'refused', problem: { ...PROBLEM, code: 'TUNNEL_REVOKED' } };

const anyInput = fc.constantFrom<ReconnectionInput>(
  { kind: 'start' },
  { kind: 'opened' },
  { kind: 'connected' },
  FAILED,
  { ...FAILED, retryAfterMs: 5000 },
  REFUSED,
  { kind: 'replaced' },
  { kind: 'due' },
  { kind: 'retryNow' },
  { kind: 'networkChanged' },
  { kind: 'drain' },
  { kind: 'stopped' },
);
const anyMoves = fc.array(
  fc.record({
    input: anyInput,
    passedMs: fc.integer({ min: 0, max: 60_000 }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
  { maxLength: 60 },
);

/** Runs moves from a fresh state and shows every step. */
function play(
  moves: readonly { input: ReconnectionInput; passedMs: number; random: number }[],
  look: (before: ReconnectionState, after: ReconnectionState, input: ReconnectionInput, nowMs: number) => void,
): void {
  let nowMs = 1_000_000;
  let state = makeReconnectionState(nowMs);
  for (const { input, passedMs, random } of moves) {
    nowMs += passedMs;
    const after = stepReconnection(state, input, { nowMs, random }, policy);
    look(state, after, input, nowMs);
    state = after;
  }
}

function run(inputs: readonly ReconnectionInput[], random = 0.5, passedMs = 0): ReconnectionState {
  let nowMs = 0;
  let state = makeReconnectionState(nowMs);
  for (const input of inputs) {
    nowMs += passedMs;
    state = stepReconnection(state, input, { nowMs, random }, policy);
  }
  return state;
}

const UP: readonly ReconnectionInput[] = [{ kind: 'start' }, { kind: 'opened' }, { kind: 'connected' }];

describe('whatever happens', () => {
  test('only a waiting tunnel has a next attempt, and it is within bounds', () => {
    fc.assert(
      fc.property(anyMoves, (moves) =>
        play(moves, (_before, after, _input, nowMs) => {
          expect(after.nextAttemptAtMs !== null).toBe(after.phase === 'waiting');
          if (after.nextAttemptAtMs === null) return;
          const longestMs = policy.maxRetryAfterMs + policy.maxDelayMs;
          expect(after.nextAttemptAtMs - Math.max(nowMs, after.sinceMs)).toBeLessThanOrEqual(longestMs);
        }),
      ),
    );
  });

  test('each new dial has a new attempt number, and nothing else changes it', () => {
    fc.assert(
      fc.property(anyMoves, (moves) =>
        play(moves, (before, after) => {
          const isNewDial = after !== before && after.phase === 'dialling';
          expect(after.attempt).toBe(before.attempt + (isNewDial ? 1 : 0));
        }),
      ),
    );
  });

  test('a stopping tunnel never dials again before it is started again', () => {
    fc.assert(
      fc.property(anyMoves, (moves) =>
        play(moves, (before, after, input) => {
          if (before.phase === 'draining') expect(['draining', 'idle']).toContain(after.phase);
          if (before.phase === 'idle' && input.kind !== 'start') expect(after.phase).toBe('idle');
        }),
      ),
    );
  });

  test('a refused tunnel leaves that phase only on purpose', () => {
    fc.assert(
      fc.property(anyMoves, (moves) =>
        play(moves, (before, after, input) => {
          if (before.phase !== 'refused' || after.phase === 'refused') return;
          expect(['retryNow', 'drain', 'stopped']).toContain(input.kind);
        }),
      ),
    );
  });
});

describe('B65 the waiting time', () => {
  test('three quick tries of 200 ms ±50 %, then up to 1 s doubling to 30 s', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 40].map((failures) => retryDelayMs(failures, null, 1, policy));
    expect(longest).toEqual([300, 300, 300, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    const shortest = [1, 2, 3, 4, 9].map((failures) => retryDelayMs(failures, null, 0, policy));
    expect(shortest).toEqual([100, 100, 100, 0, 0]);
  });

  test('Retry-After is the least, up to ten minutes', () => {
    expect(retryDelayMs(1, 5000, 0.5, policy)).toBe(5200);
    expect(retryDelayMs(1, 86_400_000, 0.5, policy)).toBe(600_200);
  });

  test('a tunnel that did not stay up goes on counting', () => {
    expect(run([...UP, FAILED, { kind: 'retryNow' }, { kind: 'opened' }, { kind: 'connected' }, FAILED]).failures).toBe(
      2,
    );
  });

  test('a tunnel that stayed up begins anew', () => {
    const inputs = [...UP, FAILED, { kind: 'retryNow' } as const, ...UP.slice(1), FAILED];
    expect(run(inputs, 0.5, policy.maxHealthyMs).failures).toBe(1);
  });

  test('"retry now" skips the waiting time', () => {
    expect(run([{ kind: 'start' }, FAILED]).phase).toBe('waiting');
    expect(run([{ kind: 'start' }, FAILED, { kind: 'retryNow' }]).phase).toBe('dialling');
  });

  test('a network that changed brings the quick tries back, also after a long time without one', () => {
    const manyFailures = Array.from({ length: 12 }, () => [FAILED, { kind: 'retryNow' } as const]).flat();
    const state = run([{ kind: 'start' }, ...manyFailures, FAILED, { kind: 'networkChanged' }]);
    expect(state).toMatchObject({ phase: 'waiting', failures: 1 });
    expect(state.nextAttemptAtMs).toBeLessThanOrEqual(300);
    expect(run([...UP, { kind: 'networkChanged' }]).phase).toBe('connected');
  });

  test('the attempt comes when its time is over, although the clock was set back a day meanwhile', () => {
    const waiting = stepReconnection(run([{ kind: 'start' }]), FAILED, { nowMs: 86_400_000, random: 0.5 }, policy);
    expect(stepReconnection(waiting, { kind: 'due' }, { nowMs: 0, random: 0.5 }, policy).phase).toBe('dialling');
    expect(run([...UP, { kind: 'due' }]).phase).toBe('connected');
  });
});

test('B66 a service that drains gets its tunnel replaced at once', () => {
  const state = run([...UP, { kind: 'replaced' }], 0.5, policy.maxHealthyMs);
  expect(state).toMatchObject({ phase: 'dialling', failures: 0, attempt: 2 });
});

test('a service that sends its tunnels on as soon as they come is dialled ever more slowly', () => {
  const sentOn = [...UP.slice(1), { kind: 'replaced' } as const, { kind: 'retryNow' } as const];
  const state = run([
    { kind: 'start' },
    ...Array.from({ length: 9 }, () => sentOn)
      .flat()
      .slice(0, -1),
  ]);
  expect(state).toMatchObject({ phase: 'waiting', failures: 9, problem: null });
  expect(state.nextAttemptAtMs).toBe(0.5 * policy.maxDelayMs);
});
