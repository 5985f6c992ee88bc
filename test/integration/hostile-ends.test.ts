import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { CanaryAnswer } from '../../src-main/connector/canary-answer.ts';
import { RELAY_LIMITS } from '../../src-service/relay/relay-limits.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { handlerWith } from '../helpers/mux-pair.ts';
import { startRelayHarness } from '../helpers/relay-harness.ts';
import { startBareConnector } from '../helpers/start-bare-connector.ts';
import { startOrigin } from '../helpers/start-origin.ts';
import { startPublishingWorld } from '../helpers/start-publishing-world.ts';

const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

/** The status of the answer to what is sent as it is. */
async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('latin1').slice(9, 12);
}

test('no request of a user makes a head or trailers that end the tunnel for all others', async () => {
  const origin = await startOrigin();
  stack.push(() => origin.close());
  const world = await startPublishingWorld();
  stack.push(() => world.close());
  const externalUrl = world.service.externalUrl('shop');
  await world.publish({ externalUrl, internalUrl: `${origin.url}/` });
  const { host } = new URL(externalUrl);
  const tunnels = (): unknown => world.connector.engine.state.tunnels.map(({ phase, sinceMs }) => [phase, sinceMs]);
  const before = tunnels();
  const head = (method: string): string => `${method} /echo HTTP/1.1\r\nHost: ${host}\r\n`;
  const offers = 'Upgrade: websocket\r\n'.repeat(990);
  expect(await send(world.port, `${head('GET')}Connection: Upgrade\r\n${offers}\r\n`)).not.toBe('504');
  const many = [1024, 1025, 5000].map((count) => 'a: b\r\n'.repeat(count));
  // The parser takes 128 KiB of names and values, which are more in a block.
  const large = [`a: ${'b'.repeat(131_068)}\r\n`, `a: ${'b'.repeat(125)}\r\n`.repeat(1000)];
  for (const trailers of [...many, ...large]) {
    const body = `Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n${trailers}\r\n`;
    expect(await send(world.port, `${head('POST')}${body}`)).toBe('200');
    expect(await send(world.port, `${head('POST')}Trailer: a\r\n${body}`)).toBe('200');
  }
  expect(tunnels()).toEqual(before);
});

test.each(['000', '001', '099'])(
  'a backend whose status is %s does not end the tunnel for all others',
  async (status) => {
    const backend = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`));
    }).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    stack.push(() => backend.close());
    const harness = await startRelayHarness(`http://127.0.0.1:${(backend.address() as AddressInfo).port}`);
    stack.push(() => harness.close());
    const engine = await harness.startConnector();
    const port = Number(new URL(harness.url).port);
    const body = 'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\na: b\r\n\r\n';
    for (const rest of ['\r\n', 'Connection: Upgrade\r\nUpgrade: x\r\n\r\n', `Trailer: a\r\n${body}`]) {
      expect(await send(port, `POST / HTTP/1.1\r\nHost: a\r\n${rest}`)).toBe('502');
    }
    expect(harness.failures.map(({ code }) => code)).toEqual([
      'BACKEND_PROTOCOL',
      'BACKEND_PROTOCOL',
      'BACKEND_PROTOCOL',
    ]);
    expect(harness.presences.map(({ tunnels }) => tunnels)).toEqual([1]);
    expect(engine.state.health).toBe('ok');
  },
);

test('a connector that takes a body and never says so is not given it twice, and the service does not keep it', async () => {
  const harness = await startRelayHarness('http://127.0.0.1:9');
  stack.push(() => harness.close());
  let takenBytes = 0;
  const wantedBytes = 4 * RELAY_LIMITS.maxUntakenBodyBytes;
  const connector = await startBareConnector({
    identity: await harness.enrol('silent taker'),
    accept: (stream, isCanary) => {
      if (isCanary) return new CanaryAnswer(stream, () => undefined);
      return handlerWith({
        onData: ({ length }) => {
          takenBytes += length;
          stream.consumed(length);
          if (takenBytes === wantedBytes) stream.reset('STREAM_REFUSED', '');
        },
      });
    },
  });
  stack.push(() => connector.close());
  const request = httpRequest(harness.url, { method: 'POST', headers: { 'Content-Length': String(wantedBytes + 1) } });
  request.write(Buffer.alloc(wantedBytes));
  await once(request, 'response');
  expect([takenBytes, connector.requests]).toEqual([wantedBytes, 1]);
  expect(harness.failures.map(({ code }) => code)).toEqual(['STREAM_REFUSED']);
  request.destroy();
});

test('a connector does not fill the log by saying over and over that it drains', async () => {
  const events: unknown[] = [];
  const lines = new Writable({
    write: (line: Buffer, _encoding, done) => {
      events.push((JSON.parse(line.toString()) as { msg: unknown }).msg);
      done();
    },
  });
  const harness = await startRelayHarness('http://127.0.0.1:9', { log: pino(lines) });
  stack.push(() => harness.close());
  const identity = await harness.enrol('draining');
  const connector = await startBareConnector({ identity, accept: () => handlerWith({}) });
  stack.push(() => connector.close());
  for (let count = 0; count < 100; count += 1) connector.say(FRAME_TYPES.GOAWAY, { code: 20, message: 'again' });
  await expect.poll(() => events.includes('relay.connector_draining')).toBe(true);
  connector.close();
  await expect.poll(() => events.includes('relay.disconnected')).toBe(true);
  expect(events.filter((event) => event === 'relay.connector_draining').length).toBe(1);
});
