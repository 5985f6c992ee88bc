import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CanaryAnswer } from '../../src-main/connector/canary-answer.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { FRAME_TYPES, MAX_INFORMATIONAL_HEADS } from '../../src-shared/wire/frame.ts';
import { decodeRequestHead, encodeResponseHead } from '../../src-shared/wire/head.ts';
import { handlerWith } from '../helpers/mux-pair.ts';
import { type RelayHarness, startRelayHarness } from '../helpers/relay-harness.ts';
import { type BareConnector, startBareConnector } from '../helpers/start-bare-connector.ts';

/** What a connector that was taken over would have the next user read as their answer. */
const SMUGGLED = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled';

let harness: RelayHarness;
let connector: BareConnector;
/** How the connector answers `/evil`. */
let answer: (stream: MuxStream) => void = () => undefined;

beforeAll(async () => {
  // A port on which nobody listens: the connector answers by itself.
  harness = await startRelayHarness('http://127.0.0.1:9');
  connector = await startHostile('hostile');
});

afterAll(async () => {
  connector.close();
  await harness.close();
});

async function startHostile(id: string): Promise<BareConnector> {
  const accept = (stream: MuxStream, isCanary: boolean, block: Uint8Array): StreamHandler => {
    if (isCanary) return new CanaryAnswer(stream, () => undefined);
    const { target } = decodeRequestHead(block);
    setImmediate(() => {
      stream.taken();
      if (target === '/evil') answer(stream);
      else respond(stream, 200, ['Content-Length', '4'], 'good');
    });
    return handlerWith({});
  };
  return startBareConnector({ identity: await harness.enrol(id), accept });
}

function respond(
  stream: MuxStream,
  status: number,
  headers: readonly string[],
  body: string,
  trailers: readonly string[] = [],
): void {
  stream.writeHead(encodeResponseHead({ status, headers }), { isInformational: false, endStream: false });
  stream.write(new Uint8Array(Buffer.from(body)));
  stream.end(trailers);
}

/** What comes of a request over a connection that is shared with those before and after it. */
async function ask(agent: Agent, path: string, method = 'GET'): Promise<string> {
  try {
    const request = httpRequest(`${harness.url}${path}`, { agent, method }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response as AsyncIterable<Buffer>) body += chunk.toString();
    return `${response.statusCode} ${body}`;
  } catch {
    return 'cut';
  }
}

const BROKEN = '502 BACKEND_PROTOCOL';

test('a refusal to switch protocols is whole, though the connector gave up what was left of the request behind it', async () => {
  const body = 'x'.repeat(200_000);
  answer = (stream) => {
    respond(stream, 403, ['Content-Length', String(body.length)], body);
    stream.reset('STREAM_CANCELLED', 'The answer is whole.');
  };
  const user = connect(Number(new URL(harness.url).port), '127.0.0.1');
  user.write('GET /evil HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  expect(await text(user)).toMatch(/^HTTP\/1\.1 403 [^]*\r\n\r\nx{200000}$/);
  expect(harness.cuts).toEqual([]);
});

test.each([
  ['chunks of its own making', 'GET', 200, ['Transfer-Encoding', 'chunked'], BROKEN],
  ['a transfer coding that ends nowhere', 'GET', 200, ['Transfer-Encoding', 'gzip'], BROKEN],
  ['a length and a transfer coding', 'GET', 200, ['Content-Length', '2', 'Transfer-Encoding', 'identity'], BROKEN],
  ['a word about the connection', 'GET', 200, ['Connection', 'keep-alive', 'Content-Length', '51'], BROKEN],
  ['a length below what it sends', 'GET', 200, ['Content-Length', '0'], 'cut'],
  ['a length above what it sends', 'GET', 200, ['Content-Length', '99'], 'cut'],
  ['two lengths', 'GET', 200, ['Content-Length', '0', 'Content-Length', '51'], BROKEN],
  ['a length that is none', 'GET', 200, ['Content-Length', '0, 51'], BROKEN],
  ['a final head that says 103', 'GET', 103, [], BROKEN],
  ['a final head that says 150', 'GET', 150, [], BROKEN],
  ['a switch of protocols that nobody asked for', 'GET', 101, ['X-A', 'b'], BROKEN],
  ['a body where there is none by status', 'GET', 204, ['Content-Length', '0'], '204 '],
  ['a body of a 304', 'GET', 304, ['Content-Length', '51'], '304 '],
  ['a body after HEAD', 'HEAD', 200, ['Content-Length', '51'], '200 '],
  ['a value that ends the head', 'GET', 200, ['X-A', 'b\r\nContent-Length: 0\r\n'], BROKEN],
  ['a name that ends the head', 'GET', 200, ['X-A: b\r\nX-C', 'd'], BROKEN],
] as const)(
  'a connector that was taken over can not answer for others on a shared connection: %s',
  async (_what, method, status, headers, expected) => {
    answer = (stream) => respond(stream, status, headers, SMUGGLED);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(agent, '/evil', method)).toBe(expected);
    expect([await ask(agent, '/good'), await ask(agent, '/good')]).toEqual(['200 good', '200 good']);
    agent.destroy();
  },
);

test.each([
  ['shorter', '99'],
  ['longer', '0'],
])(
  'a body %s than its head says is told as the fault of the backend, not as the doing of the user',
  async (_, length) => {
    const before = harness.cuts.length;
    answer = (stream) => respond(stream, 200, ['Content-Length', length], SMUGGLED);
    const agent = new Agent();
    expect(await ask(agent, '/evil')).toBe('cut');
    agent.destroy();
    await expect.poll(() => harness.cuts.slice(before)).toEqual([{ code: 'BACKEND_PROTOCOL', hop: 'backend' }]);
  },
);

/** All that comes of a request to switch protocols. */
async function askToSwitch(method: string): Promise<string> {
  const { hostname, port } = new URL(harness.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(`${method} /evil HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  return text(socket);
}

test.each([
  ['a final head that says 100', 'GET', 100, [], BROKEN],
  ['a final head that says 103', 'GET', 103, [], BROKEN],
  ['a length and a transfer coding', 'GET', 200, ['Content-Length', '2', 'Transfer-Encoding', 'chunked'], BROKEN],
  ['a word about the connection', 'GET', 200, ['Connection', 'keep-alive', 'Content-Length', '51'], BROKEN],
  ['another protocol', 'GET', 426, ['Upgrade', 'h2c'], BROKEN],
  ['two lengths', 'GET', 403, ['Content-Length', '0', 'Content-Length', '51'], BROKEN],
  ['a value that ends the head', 'GET', 403, ['X-A', 'b\r\nContent-Length: 0\r\n'], BROKEN],
  ['a body where there is none by status', 'GET', 204, [], '204 No Content'],
  ['a body of a 304', 'GET', 304, ['Content-Length', '51'], '304 Not Modified'],
  ['a body after HEAD', 'HEAD', 403, ['Content-Length', '51'], '403 Forbidden'],
] as const)(
  'a refusal to switch protocols is held to its head: %s',
  async (_what, method, status, headers, expected) => {
    answer = (stream) => respond(stream, status, headers, SMUGGLED);
    const given = await askToSwitch(method);
    expect(given.startsWith(`HTTP/1.1 ${expected}\r\n`)).toBe(true);
    expect(given.indexOf('\r\n\r\n')).toBe(given.length - 4);
  },
);

test.each(['0', '99'])('a refusal to switch protocols that is not %s octets long is cut', async (length) => {
  const before = harness.cuts.length;
  answer = (stream) => respond(stream, 403, ['Content-Length', length], SMUGGLED);
  const given = await askToSwitch('GET');
  expect(given.includes('smuggled') && length === '0').toBe(false);
  expect(harness.cuts.slice(before)).toEqual([{ code: 'BACKEND_PROTOCOL', hop: 'backend' }]);
});

test('a refusal of an honest length goes to the user as it is', async () => {
  const count = harness.cuts.length;
  answer = (stream) => respond(stream, 403, ['Content-Length', '4'], 'none');
  expect(await askToSwitch('GET')).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\nnone$/);
  answer = (stream) => respond(stream, 403, [], 'none');
  expect(await askToSwitch('GET')).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\nnone$/);
  expect(harness.cuts).toHaveLength(count);
});

/** What an answer must not bring, whoever sends it, and beside it what it may. */
const OF_THE_SERVICE = [
  ...['Set-Cookie', '__Host-postern-session=theirs; Secure; Path=/'],
  ...['set-cookie', '=postern-affinity-a=theirs'],
  ...['Alt-Svc', 'h3=":443"'],
  ...['X-Postern-Activity-Id', 'forged'],
  ...['Set-Cookie', 'postern=theirs to set'],
];

test.each(['GET', 'upgrade'])(
  "a connector can't set the service's cookies, lead users past it, or forge the id of a request: %s",
  async (how) => {
    answer = (stream) => respond(stream, 200, OF_THE_SERVICE, 'a', ['Set-Cookie', 'postern-session=theirs']);
    const heads = [];
    if (how === 'GET') {
      const agent = new Agent();
      const request = httpRequest(`${harness.url}/evil`, { agent }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await text(response);
      heads.push(response.rawHeaders.join(' '), response.rawTrailers.join(' '));
      agent.destroy();
    } else heads.push(await askToSwitch('GET'));
    expect(heads.join('\n')).not.toMatch(/postern-|alt-svc/i);
    expect(heads.join('\n')).toContain('postern=theirs to set');
  },
);

test('a connector that says something malformed is told which message, and which field of it', async () => {
  const clumsy = await startHostile('clumsy');
  clumsy.say(FRAME_TYPES.CONFIG_ACK, { version: 'one', isAccepted: true });
  const { code, message } = await clumsy.dismissed;
  expect(code).toBe('TUNNEL_PROTOCOL');
  expect(message).toContain('CONFIG_ACK is malformed: version: ');
});

test('hints that would end their head are left out, and trailers that would end theirs cut the answer', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const hints = ['Link', '</a>; rel=preload', 'X-A', `b\r\n\r\n${SMUGGLED}`];
  answer = (stream) => {
    stream.writeHead(encodeResponseHead({ status: 103, headers: hints }), { isInformational: true, endStream: false });
    respond(stream, 200, ['Content-Length', '2'], 'ok');
  };
  expect([await ask(agent, '/evil'), await ask(agent, '/good')]).toEqual(['200 ok', '200 good']);
  answer = (stream) => respond(stream, 200, [], 'ok', ['X-Sum', `5\r\n\r\n${SMUGGLED}`]);
  expect([await ask(agent, '/evil'), await ask(agent, '/good')]).toEqual(['cut', '200 good']);
  agent.destroy();
});

test('one that hints without end loses its tunnel', async () => {
  const other = await startHostile('hinting');
  connector.close();
  const hint = encodeResponseHead({ status: 103, headers: ['Link', '</a>; rel=preload'] });
  answer = (stream) => {
    for (let count = 0; count <= MAX_INFORMATIONAL_HEADS; count += 1) {
      stream.writeHead(hint, { isInformational: true, endStream: false });
    }
  };
  expect(await ask(new Agent(), '/evil', 'POST')).toBe('502 TUNNEL_PROTOCOL');
  expect((await other.dismissed).code).toBe('TUNNEL_PROTOCOL');
  other.close();
});
