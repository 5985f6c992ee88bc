import { expect, test } from 'vitest';
import { CanaryAnswer } from '../../src-main/connector/canary-answer.ts';
import { DEFAULT_RELAY_TIMES } from '../../src-service/relay/relay-limits.ts';
import { TunnelCanary } from '../../src-service/relay/tunnel-canary.ts';
import { encodeCanaryHead, isCanaryHead } from '../../src-shared/wire/canary.ts';
import { encodeFields } from '../../src-shared/wire/fields.ts';
import { encodeResponseHead } from '../../src-shared/wire/head.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { handlerWith, makeMuxPair, type MuxPair } from '../helpers/mux-pair.ts';

const { canaryIntervalMs, canaryAnswerMs, canaryBusyAnswerMs } = DEFAULT_RELAY_TIMES;

/** A canary over a real pair of muxes with a clock in the test's hand. */
function makeCanary(accept: (stream: MuxStream, block: Uint8Array) => StreamHandler): {
  readonly canary: TunnelCanary;
  readonly traffic: { receivedBytes: number; unsentBytes: number };
  readonly pair: MuxPair;
  /** Moves the clock second by second and looks each time. */
  readonly wait: (ms: number) => boolean;
} {
  const pair = makeMuxPair(accept);
  const traffic = { receivedBytes: 0, unsentBytes: 0 };
  let nowMs = 0;
  const { opener } = pair;
  const mux = {
    open: opener.open.bind(opener),
    get canOpen() {
      return opener.canOpen;
    },
    now: () => nowMs,
  };
  const canary = new TunnelCanary({ mux, times: DEFAULT_RELAY_TIMES, random: () => 0, traffic: () => traffic });
  const wait = (ms: number): boolean => {
    let isWell = true;
    for (let waited = 0; waited < ms; waited += 1000) {
      nowMs += 1000;
      isWell = canary.tick() && isWell;
    }
    return isWell;
  };
  return { canary, traffic, pair, wait };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
};
const answering = (stream: MuxStream): StreamHandler => new CanaryAnswer(stream, () => undefined);
const silent = (): StreamHandler => handlerWith({});

test('a connector answers a canary with its own octets, and the time is kept', async () => {
  const { canary, pair } = makeCanary(answering);
  expect([canary.averageMs, canary.delayMs]).toEqual([null, canaryAnswerMs]);
  canary.send();
  expect(canary.isUnderWay).toBe(true);
  await settled();
  expect([canary.isUnderWay, canary.averageMs, pair.opener.openStreams]).toEqual([false, 0, 0]);
});

test('the next goes out after the interval and not before', async () => {
  let opened = 0;
  const { canary, wait } = makeCanary((stream) => {
    opened += 1;
    return answering(stream);
  });
  canary.send();
  await settled();
  wait(canaryIntervalMs - 1000);
  expect(opened).toBe(1);
  wait(1000);
  await settled();
  expect(opened).toBe(2);
});

test('one miss weighs the tunnel worst, the second condemns it', async () => {
  const { canary, wait } = makeCanary(silent);
  canary.send();
  await settled();
  expect(wait(canaryAnswerMs)).toBe(true);
  expect([canary.delayMs, canary.isUnderWay]).toEqual([canaryAnswerMs, true]);
  expect(wait(canaryAnswerMs - 1000)).toBe(true);
  expect(wait(1000)).toBe(false);
});

test('on a busy tunnel the answer may take longer, but not for ever', async () => {
  const { canary, traffic, wait } = makeCanary(silent);
  canary.send();
  await settled();
  traffic.receivedBytes += 1_000_000;
  expect(wait(canaryBusyAnswerMs - 1000)).toBe(true);
  expect(canary.delayMs).toBe(canaryAnswerMs);
  wait(1000);
  expect(wait(canaryAnswerMs)).toBe(false);
});

test('a service that stood still does not blame the tunnel', async () => {
  const { opener } = makeMuxPair(silent);
  let nowMs = 0;
  const canary = new TunnelCanary({
    mux: { open: opener.open.bind(opener), canOpen: true, now: () => nowMs },
    times: DEFAULT_RELAY_TIMES,
    random: () => 0,
    traffic: () => ({ receivedBytes: 0, unsentBytes: 0 }),
  });
  canary.send();
  nowMs += 60_000;
  expect([canary.tick(), canary.isUnderWay]).toEqual([true, true]);
  nowMs += 1000;
  expect(canary.tick()).toBe(true);
});

test.each([
  ['another status', encodeResponseHead({ status: 500, headers: [] }), 'echo'],
  ['other octets', encodeResponseHead({ status: 200, headers: [] }), 'else'],
])('an answer with %s is a miss', async (_, head, body) => {
  const { canary } = makeCanary((stream) =>
    handlerWith({
      onData: (chunk) => {
        stream.writeHead(head, { isInformational: false, endStream: false });
        stream.write(body === 'echo' ? chunk : Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
        stream.end();
      },
    }),
  );
  canary.send();
  await settled();
  expect([canary.isUnderWay, canary.averageMs, canary.delayMs]).toEqual([false, null, canaryAnswerMs]);
});

test('a refusal is a miss, and the next try waits', async () => {
  let opened = 0;
  const { canary, wait } = makeCanary((stream) => {
    opened += 1;
    stream.reset('STREAM_INTERNAL', 'no');
    return handlerWith({});
  });
  canary.send();
  await settled();
  expect(opened).toBe(1);
  expect(wait(canaryAnswerMs)).toBe(true);
  await settled();
  expect([opened, wait(1000)]).toEqual([2, false]);
});

test('a tunnel that drains is not probed', async () => {
  let opened = 0;
  const { canary, wait } = makeCanary((stream) => {
    opened += 1;
    return answering(stream);
  });
  canary.stop();
  expect(wait(4 * canaryIntervalMs)).toBe(true);
  await settled();
  expect(opened).toBe(0);
});

test('a canary is told from a request by its first field alone', () => {
  expect(isCanaryHead(encodeCanaryHead())).toBe(true);
  expect(isCanaryHead(encodeFields([':canary', '2', ':later', 'x']))).toBe(true);
  expect(isCanaryHead(encodeFields([':method', 'GET', ':canary', '1']))).toBe(false);
  expect(isCanaryHead(new Uint8Array())).toBe(false);
});
