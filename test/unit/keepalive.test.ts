import { beforeEach, expect, test } from 'vitest';
import { Keepalive } from '../../src-shared/mux/keepalive.ts';
import type { Mux } from '../../src-shared/mux/mux.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { makeFrame } from '../helpers/make-frame.ts';
import { handlerWith, makeMuxPair } from '../helpers/mux-pair.ts';

const TIMES = { pingIntervalMs: 10_000, deadAfterMs: 15_000, tickMs: 1000 };

let nowMs: number;
let wallMs: number;
let keepalive: Keepalive;

beforeEach(() => {
  nowMs = 1000;
  wallMs = 1_000_000;
  // Its peer never answers: the pipe is made for two, and the clock is the test's.
  const pair = makeMuxPair(
    () => {
      throw new Error('No stream is opened here.');
    },
    {},
    { now: () => nowMs },
  );
  pair.acceptor.close('TUNNEL_CLOSED', 'Gone without a word.');
  const watched: Mux = pair.opener;
  keepalive = new Keepalive(watched, TIMES, () => wallMs);
});

/** Ticks each second until the peer counts as gone. @returns after how long */
function silenceUntilGone(): number {
  const startedAtMs = nowMs;
  do {
    nowMs += TIMES.tickMs;
    wallMs += TIMES.tickMs;
  } while (keepalive.tick());
  return nowMs - startedAtMs;
}

test('B65 a silent peer is gone by 15 s, not a tick later', () => {
  expect(silenceUntilGone()).toBeLessThanOrEqual(TIMES.deadAfterMs);
});

test('a peer is given its full time after a short stand-still of our own', () => {
  nowMs += 14_000;
  wallMs += 14_000;
  expect(keepalive.tick()).toBe(true);
  expect(silenceUntilGone()).toBeGreaterThan(TIMES.deadAfterMs - 2 * TIMES.tickMs);
});

test('after a sleep that the peer did not wait for it has to prove itself soon', () => {
  nowMs += 60_000;
  wallMs += 60_000;
  expect(keepalive.tick()).toBe(true);
  expect(silenceUntilGone()).toBeLessThanOrEqual(3000);
});

test('a machine that slept is noticed where only the wall clock went on', () => {
  nowMs += TIMES.tickMs;
  wallMs += 3_600_000;
  expect(keepalive.tick()).toBe(true);
  expect(silenceUntilGone()).toBeLessThanOrEqual(3000);
});

test('a tunnel that is never silent is asked for its round trip all the same', () => {
  const pings: number[] = [];
  const pair = makeMuxPair(() => handlerWith({}), {}, { now: () => nowMs });
  const watch = new Keepalive(pair.acceptor, TIMES, () => wallMs);
  const ping = pair.acceptor.ping.bind(pair.acceptor);
  pair.acceptor.ping = () => {
    pings.push(nowMs);
    ping();
  };
  for (let second = 0; second < 100; second += 1) {
    nowMs += TIMES.tickMs;
    wallMs += TIMES.tickMs;
    pair.acceptor.receive(makeFrame(FRAME_TYPES.PONG, 0, 8));
    watch.tick();
  }
  expect(pings).toEqual([31_000, 61_000, 91_000]);
});
