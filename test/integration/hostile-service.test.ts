import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FRAME_FLAGS, FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { encodeRequestHead } from '../../src-shared/wire/head.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { joinFrames, makeEndlessMessage, makeFrame } from '../helpers/make-frame.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import { type RunningConnector, startConnector, startEngine, untilState } from '../helpers/start-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { challengeFrame, startRogueService, WELCOME_FRAME } from '../helpers/start-rogue-service.ts';

let origin: Origin;
let side: ConnectorSide;
/** Served by a good service in the same process, through it all. */
let bystander: RunningConnector;

beforeAll(async () => {
  origin = await startOrigin();
  side = await startConnectorSide();
  side.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
  bystander = await startConnector({
    serviceUrl: side.url,
    authorization: { kind: 'enrolmentToken', token: 'one-time' },
  });
});

afterAll(async () => {
  await bystander.close();
  await side.stop();
  await origin.close();
});

const { DATA, RESET, TAKEN, CONFIG, GOAWAY } = FRAME_TYPES;
/** A request for an application that the connector does not know. */
const HEAD = encodeRequestHead({
  method: 'POST',
  target: '/',
  scheme: 'https',
  authority: 'nowhere.example.com',
  applicationId: 'nowhere',
  activityId: 'a',
  remoteAddress: '203.0.113.7',
  userId: null,
  userName: null,
  isUpgrade: false,
  headers: [],
});
const OPENED = makeFrame(FRAME_TYPES.HEAD, 1, HEAD);

test.each([
  ['an oversized frame', makeFrame(DATA, 1, 0, { announcedBytes: 0xffff_ffff }), 'TUNNEL_FRAME_SIZE'],
  [
    'more than the credit of a stream',
    joinFrames(OPENED, makeFrame(DATA, 1, 65_536), makeFrame(DATA, 1, 1)),
    'TUNNEL_CREDIT',
  ],
  ['data for an unknown stream', makeFrame(DATA, 9, 1), 'TUNNEL_PROTOCOL'],
  ['a reset of an unknown stream', makeFrame(RESET, 9, 4), 'TUNNEL_PROTOCOL'],
  ["a word that is the connector's", joinFrames(OPENED, makeFrame(TAKEN, 1, 4)), 'TUNNEL_PROTOCOL'],
  ['a head that is none', makeFrame(FRAME_TYPES.HEAD, 1, 5), 'TUNNEL_PROTOCOL'],
  ['a control message that is no JSON', makeFrame(GOAWAY, 0, 3), 'TUNNEL_PROTOCOL'],
  ['a control message without an end', makeEndlessMessage(CONFIG), 'TUNNEL_PROTOCOL'],
  [
    'one within another',
    joinFrames(makeFrame(CONFIG, 0, 2, { flags: FRAME_FLAGS.MORE }), makeFrame(GOAWAY, 0, 2)),
    'TUNNEL_PROTOCOL',
  ],
  ['a second CHALLENGE', challengeFrame('tunnel.test'), 'TUNNEL_PROTOCOL'],
])('a service that sends %s loses its tunnel, and nobody else anything', async (_what, breach, code) => {
  const rogue = await startRogueService(
    (send) => send(challengeFrame('tunnel.test')),
    (send) => send(joinFrames(WELCOME_FRAME, breach)),
  );
  const engine = startEngine({ ...bystander.identity, tunnelUrl: rogue.tunnelUrl }, { tunnels: 1 });
  const { problem } = await untilState(engine, (state) => state.problem !== null);
  expect(problem?.code).toBe(code);
  // It comes back, by its back-off.
  await expect.poll(() => rogue.dials).toBeGreaterThan(1);
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);
  await engine.stop({ drainMs: 0 });
  await rogue.close();
});

test('garbage ends the tunnel, or is passed over, and costs nobody else anything', async () => {
  const rogue = await startRogueService(
    (send) => send(challengeFrame('tunnel.test')),
    (send) => {
      send(WELCOME_FRAME);
      for (let count = 0; count < 100; count += 1) send(randomBytes(4000));
    },
  );
  const engine = startEngine({ ...bystander.identity, tunnelUrl: rogue.tunnelUrl }, { tunnels: 1 });
  const { problem } = await untilState(engine, (state) => state.problem !== null);
  expect(problem?.code).toMatch(/^TUNNEL_(PROTOCOL|FRAME_SIZE|CREDIT)$/);
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);
  await engine.stop({ drainMs: 0 });
  await rogue.close();
});

test('a stream of heads that nobody asked for meets the limits of the connector, and is answered with them', async () => {
  const rogue = await startRogueService(
    (send) => send(challengeFrame('tunnel.test')),
    (send) => {
      send(WELCOME_FRAME);
      for (let id = 1; id <= 12_000; id += 1) send(makeFrame(FRAME_TYPES.HEAD, id, HEAD));
    },
  );
  const engine = startEngine({ ...bystander.identity, tunnelUrl: rogue.tunnelUrl }, { tunnels: 1 });
  await untilState(engine, ({ tunnels }) => tunnels[0]?.phase === 'connected');
  // Streams of an application that it does not know wait for a moment, and are refused; the tunnel stands.
  await expect.poll(() => engine.state.tunnels[0]?.openStreams, { timeout: 20_000 }).toBe(0);
  expect([engine.state.tunnels[0]?.phase, rogue.dials]).toEqual(['connected', 1]);
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);
  await engine.stop({ drainMs: 0 });
  await rogue.close();
});
