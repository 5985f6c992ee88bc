import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { recentTraffic } from '../helpers/keeping-recorder.ts';
import { ask, type RelayHarness, startRelayHarness, until } from '../helpers/relay-harness.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

const GIB = 1_073_741_824;
const CHUNK_BYTES = 65_536;

let origin: Origin;
let harness: RelayHarness;

beforeAll(async () => {
  origin = await startOrigin();
  harness = await startRelayHarness(origin.url);
  await harness.startConnector({ tunnels: 2 });
});

afterAll(async () => {
  await harness.close();
  await origin.close();
});

describe('one request', () => {
  test('B50 reaches the backend with method, target and headers, and comes back with status and headers', async () => {
    const response = await ask(`${harness.url}/echo?a=b%20c`, {
      method: 'PROPFIND',
      headers: { 'X-One': '1', Depth: '0', 'Content-Length': '3' },
      body: Buffer.from('abc'),
    });
    const seen = JSON.parse(response.body.toString()) as { method: string; url: string; body: string };
    expect([response.status, seen.method, seen.url, seen.body]).toEqual([200, 'PROPFIND', '/echo?a=b%20c', 'abc']);
    expect(response.headers['x-activity']).toBe('here');
  });

  test('B29 repeated response headers keep their order and number', async () => {
    const { rawHeaders } = await ask(`${harness.url}/cookies`);
    const cookies = rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'set-cookie');
    expect(cookies.map((cookie) => cookie.slice(0, 3))).toEqual(['a=1', 'b=2']);
  });

  test('B50 trailers, 103 and 204 keep their meaning', async () => {
    expect((await ask(`${harness.url}/trailers`)).trailers['x-checksum']).toBe('abc');
    expect((await ask(`${harness.url}/status/204`)).status).toBe(204);
    const request = httpRequest(`${harness.url}/early-hints`, { agent: false });
    const informed = once(request, 'information') as Promise<[{ statusCode: number }]>;
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.end();
    const [hint] = await informed;
    expect(hint.statusCode).toBe(103);
    const [response] = await answered;
    expect(await response.toArray()).toHaveLength(1);
  });

  test('B50 100-continue is answered once the connector has taken the request', async () => {
    const request = httpRequest(`${harness.url}/hash`, {
      method: 'PUT',
      agent: false,
      headers: { expect: '100-continue', 'content-length': '5' },
    });
    request.flushHeaders();
    await once(request, 'continue');
    request.end('hello');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const answer = JSON.parse(String(await response.setEncoding('utf8').toArray())) as { bytes: number };
    expect(answer.bytes).toBe(5);
  });

  test("B47 the backend's own errors pass unchanged", async () => {
    const response = await ask(`${harness.url}/status/503`);
    expect([response.status, response.body.toString()]).toEqual([503, 'status']);
  });

  test('B44 a backend that resets is reported with its code and hop', async () => {
    const before = harness.failures.length;
    const response = await ask(`${harness.url}/reset`, { method: 'POST' });
    expect([response.status, harness.failures.slice(before)]).toEqual([
      502,
      [{ code: 'BACKEND_RESET', hop: 'backend' }],
    ]);
  });

  test('an answer that the backend cuts is cut for the user too', async () => {
    const request = httpRequest(`${harness.url}/cut`, { agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await expect(response.toArray()).rejects.toThrow('aborted');
  });
});

describe('streaming', () => {
  test('1 GiB comes down whole', async () => {
    const { bytes, sha256 } = await hashOf(`${harness.url}/bytes/${GIB}`);
    expect(bytes).toBe(GIB);
    expect(sha256).toBe((await hashOf(`${origin.url}/bytes/${GIB}`)).sha256);
  }, 60_000);

  test('1 GiB goes up whole', async () => {
    const chunk = randomBytes(CHUNK_BYTES);
    const hash = createHash('sha256');
    const request = httpRequest(`${harness.url}/hash`, {
      method: 'PUT',
      agent: false,
      headers: { 'content-length': String(GIB) },
    });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    for (let sent = 0; sent < GIB; sent += chunk.length) {
      hash.update(chunk);
      if (!request.write(chunk)) await once(request, 'drain');
    }
    request.end();
    const [response] = await answered;
    const answer = JSON.parse(String(await response.setEncoding('utf8').toArray())) as object;
    expect(answer).toMatchObject({ bytes: GIB, sha256: hash.digest('hex') });
  }, 60_000);

  test('200 requests at once each get their own body back', async () => {
    const bodies = Array.from({ length: 200 }, () => randomBytes(100_000));
    const answers = await Promise.all(
      bodies.map(async (body) => (await ask(`${harness.url}/mirror`, { method: 'POST', body })).body),
    );
    expect(answers.every((answer, index) => answer.equals(bodies[index] ?? Buffer.alloc(0)))).toBe(true);
  });

  test('B51 a reader that stands still stops the backend, and others go on', async () => {
    const stalled: ClientRequest[] = [];
    for (let index = 0; index < 20; index += 1) {
      const request = httpRequest(`${harness.url}/stall`, { agent: false }).on('error', () => undefined);
      request.on('response', (response: IncomingMessage) => response.pause());
      request.end();
      stalled.push(request);
    }
    await Promise.all(stalled.map(async (request) => once(request, 'response')));
    const before = process.memoryUsage().arrayBuffers;
    const others = Array.from({ length: 50 }, async () => ask(`${harness.url}/bytes/1000000`));
    const sizes = (await Promise.all(others)).map((response) => response.body.length);
    expect(new Set(sizes)).toEqual(new Set([1_000_000]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150_000_000);
    for (const request of stalled) request.destroy();
    await origin.aborted('/stall');
  });

  test('B52 server-sent events arrive as they are written', async () => {
    const request = httpRequest(`${harness.url}/sse`, { agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const [event] = (await once(response, 'data')) as [Buffer];
    expect(event.toString()).toBe('data: 0\n\n');
    request.destroy();
  });

  test('B52 a response head is not kept back until its body begins', async () => {
    const request = httpRequest(`${harness.url}/head-alone`, { agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    request.destroy();
    await origin.aborted('/head-alone');
  });

  test('a user who goes away ends the request at the backend', async () => {
    const request = httpRequest(`${harness.url}/silent`, { agent: false }).on('error', () => undefined);
    request.end();
    await until(() => origin.requests.some(({ url }) => url === '/silent'));
    request.destroy();
    await origin.aborted('/silent');
  });
});

describe('B53 upgrades', () => {
  test('a WebSocket echoes text and binary, with its subprotocol and close code', async () => {
    const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/ws`, ['chat']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('chat');
    const big = randomBytes(3_000_000);
    socket.send(big);
    const [echo] = (await once(socket, 'message')) as [Buffer];
    expect(echo.equals(big)).toBe(true);
    socket.close(4001, 'done');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4001);
  });

  test('bytes sent together with the request arrive, and each end may close by itself', async () => {
    const socket = connect(Number(new URL(harness.url).port), '127.0.0.1');
    socket.write('GET /raw HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly');
    socket.end(' late');
    const text = String(await socket.setEncoding('latin1').toArray()).replaceAll(',', '');
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    expect(text).toContain('Set-Cookie: up=1');
    expect(text.split('\r\n\r\n')[1]).toBe('early late');
  });

  test("a refused upgrade gives the backend's own answer", async () => {
    const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/ws-refused`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([response.statusCode, response.headers['x-why']]).toEqual([403, 'policy']);
    expect(String(await response.setEncoding('utf8').toArray())).toBe('refuse');
    socket.on('error', () => undefined);
    socket.terminate();
  });
});

describe('connectors', () => {
  test('B64 with one of two gone, every idempotent request is answered', async () => {
    const own = await startRelayHarness(origin.url);
    const first = await own.startConnector();
    await own.startConnector();
    const asked = Array.from({ length: 40 }, async () => ask(`${own.url}/bytes/200000`));
    await first.stop({ drainMs: 0 });
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await own.close();
  });

  test('B66 a connector that stops lets running requests finish', async () => {
    const own = await startRelayHarness(origin.url);
    const engine = await own.startConnector();
    const running = ask(`${own.url}/bytes/50000000`);
    // What is still on its way when the connector stops is refused.
    await until(() => recentTraffic(engine).length > 0);
    await engine.stop();
    expect((await running).body.length).toBe(50_000_000);
    await own.close();
  });

  test('B43 with none, the answer comes at once and names the hop', async () => {
    const own = await startRelayHarness(origin.url);
    const response = await ask(own.url);
    expect([response.status, own.failures]).toEqual([504, [{ code: 'EDGE_NO_CONNECTOR', hop: 'connector' }]]);
    await own.close();
  });

  test('B62 a revoked connector is cut off and does not come back', async () => {
    const own = await startRelayHarness(origin.url);
    const engine = await own.startConnector({ id: 'revoked' });
    own.relay.disconnect('revoked', 'TUNNEL_REVOKED');
    await until(() => engine.state.tunnels.every(({ phase }) => phase === 'refused'));
    expect(engine.state.problem?.code).toBe('TUNNEL_REVOKED');
    expect(own.presences.at(-1)?.tunnels).toBe(0);
    await own.close();
  });

  test('the newest session of a connector takes the place of the older one', async () => {
    const own = await startRelayHarness(origin.url);
    const older = await own.startConnector({ id: 'twice' });
    await own.startConnector({ id: 'twice' });
    await until(() => older.state.problem?.code === 'TUNNEL_SUPERSEDED');
    expect(own.relay.liveConnectors()).toHaveLength(1);
    expect((await ask(`${own.url}/bytes/10`)).status).toBe(200);
    await own.close();
  });

  test('the only tunnel of a connector, whose stream ids come to an end, serves until its successor stands, and finishes beside it', async () => {
    const own = await startRelayHarness(origin.url, { streamIds: 1000, times: { tickMs: 20 } });
    await own.startConnector({ tunnels: 1 });
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/ws`);
    await once(socket, 'open');
    const statuses = new Set<number>();
    const askOn = async (): Promise<void> => {
      for (let asked = 0; asked < 150; asked += 1) statuses.add((await ask(`${own.url}/bytes/10`)).status);
    };
    await Promise.all(Array.from({ length: 4 }, askOn));
    expect(statuses).toEqual(new Set([200]));
    await until(() => own.relay.liveConnectors()[0]?.tunnels === 2);
    socket.send('still here');
    expect(String(((await once(socket, 'message')) as [Buffer])[0])).toBe('still here');
    socket.terminate();
    await until(() => own.relay.liveConnectors()[0]?.tunnels === 1);
    expect((await ask(`${own.url}/bytes/10`)).status).toBe(200);
    await own.close();
  });

  test('a tunnel without requests that is replaced leaves no moment without one', async () => {
    const own = await startRelayHarness(origin.url, { streamIds: 60, times: { tickMs: 20 } });
    await own.startConnector({ tunnels: 1 });
    // Every tick of the loop until the successor has come and the one before it has gone.
    const watch = async (): Promise<void> => {
      while (own.presences.length < 3) {
        expect(own.relay.hasConnector(own.presences[0]?.connectorGroupId ?? '')).toBe(true);
        await new Promise((resolve) => void setImmediate(resolve));
      }
    };
    const use = async (): Promise<void> => {
      for (let asked = 0; asked < 40; asked += 1) await ask(`${own.url}/bytes/10`);
    };
    await Promise.all([watch(), use()]);
    expect(own.presences.map(({ tunnels }) => tunnels)).toEqual([1, 2, 1]);
    await own.close();
  });

  test('a service that drains answers what runs and takes no tunnel', async () => {
    const own = await startRelayHarness(origin.url);
    const engine = await own.startConnector();
    const running = ask(`${own.url}/bytes/30000000`);
    await until(() => own.relay.liveConnectors().some(({ openStreams }) => openStreams > 0));
    await own.relay.drain();
    expect((await running).body.length).toBe(30_000_000);
    await until(() => engine.state.health === 'offline');
    await own.close();
  });
});

async function hashOf(url: string): Promise<{ bytes: number; sha256: string }> {
  const request = httpRequest(url, { agent: false });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
