import { afterAll, beforeAll, expect, test } from 'vitest';
import { askHttp2, connectHttp2 } from '../helpers/http2-client.ts';
import { FLAG, FRAME, headerBlock, RawHttp2Client } from '../helpers/raw-http2-client.ts';
import { until } from '../helpers/relay-harness.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

const PROTOCOL_ERROR = 1;
const INTERNAL_ERROR = 2;
const ENHANCE_YOUR_CALM = 11;

let world: Http2World;
let origin: Origin;
let url: URL;
const clients: RawHttp2Client[] = [];

beforeAll(async () => {
  world = await startHttp2World();
  origin = await startOrigin();
  url = new URL(await world.publish('victim', origin.url));
});

afterAll(async () => {
  for (const client of clients) client.close();
  await world.close();
  await origin.close();
});

async function attack(): Promise<RawHttp2Client> {
  const client = await RawHttp2Client.connect(Number(url.port), world.ca);
  clients.push(client);
  return client;
}

function good(change: Record<string, string | null> = {}): [string, string][] {
  const fields: Record<string, string | null> = {
    ':method': 'GET',
    ':scheme': 'https',
    ':authority': url.host,
    ':path': '/bytes/3',
    ...change,
  };
  return Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value] as [string, string]]));
}

/** How a request of these fields ended: the status, or the error of RST_STREAM or GOAWAY. */
async function outcome(fields: [string, string][], body?: string): Promise<number> {
  const client = await attack();
  client.send(FRAME.HEADERS, FLAG.END_HEADERS | (body === undefined ? FLAG.END_STREAM : 0), 1, headerBlock(fields));
  if (body !== undefined) client.send(FRAME.DATA, FLAG.END_STREAM, 1, Buffer.from(body));
  const isAnswer = (type: number): boolean =>
    type === FRAME.HEADERS || type === FRAME.RST_STREAM || type === FRAME.GOAWAY;
  await until(() => client.isClosed || client.frames.some(({ type }) => isAnswer(type)));
  const frame = client.frames.find(({ type }) => isAnswer(type));
  if (frame === undefined) return -1;
  if (frame.type === FRAME.HEADERS) return statusOf(frame.payload);
  return frame.payload.readUInt32BE(frame.type === FRAME.GOAWAY ? 4 : 0);
}

/** The status of a header block whose first field it is, from the static table or as a literal (RFC 7541 appendix A). */
function statusOf(block: Buffer): number {
  const first = block[0] ?? 0;
  if ((first & 0x80) !== 0) return [200, 204, 206, 304, 400, 404, 500][(first & 0x7f) - 8] ?? 0;
  const length = block[1] ?? 0;
  return Number((length & 0x80) === 0 ? block.subarray(2, 2 + length).toString() : decodeDigits(block.subarray(2)));
}

/** Three digits in the code of RFC 7541 appendix B: `0` to `2` take five bits, the others six. */
function decodeDigits(octets: Buffer): string {
  const bits = [...octets.subarray(0, 3)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  let text = '';
  for (let at = 0; text.length < 3;) {
    const short = Number.parseInt(bits.slice(at, at + 5), 2);
    const isShort = short <= 2;
    text += isShort ? String(short) : String(Number.parseInt(bits.slice(at, at + 6), 2) - 0x19 + 3);
    at += isShort ? 5 : 6;
  }
  return text;
}

test('B54 the hand-made client is understood when it does nothing wrong', async () => {
  expect(await outcome(good())).toBe(200);
});

test.each<[string, [string, string][]]>([
  ['a name in upper case', [['X-Mine', '1']]],
  ['Connection', [['connection', 'close']]],
  ['Transfer-Encoding', [['transfer-encoding', 'chunked']]],
  ['Upgrade', [['upgrade', 'websocket']]],
  ['te other than trailers', [['te', 'gzip']]],
  ['a doubled pseudo-field', [[':path', '/other']]],
  ['an unknown pseudo-field', [[':x', '1']]],
  [
    'two lengths',
    [
      ['content-length', '3'],
      ['content-length', '4'],
    ],
  ],
])('B54 %s is refused as malformed and reaches no backend', async (_, extra) => {
  const before = origin.requests.length;
  expect(await outcome([...good(), ...extra])).toBe(PROTOCOL_ERROR);
  expect(origin.requests).toHaveLength(before);
});

test.each<[string, [string, string]]>([
  ['a line break in a value', ['x-mine', 'a\r\nx-other: b']],
  ['NUL in a value', ['x-mine', 'a\0b']],
  ['a name with a space', ['x mine', '1']],
])('B54 a header with %s is dropped', async (_, field) => {
  expect(await outcome([...good(), field, ['x-last', '1']])).toBe(200);
  const text = origin.requests.at(-1)?.rawHeaders.join('\n') ?? '';
  expect(text).toContain('x-last');
  expect(text).not.toMatch(/x.(mine|other)/);
});

test.each<[string, Record<string, string | null>, number]>([
  ['no :path', { ':path': null }, PROTOCOL_ERROR],
  ['no :method', { ':method': null }, PROTOCOL_ERROR],
  ['an empty :path', { ':path': '' }, PROTOCOL_ERROR],
  ['an absolute :path', { ':path': 'https://elsewhere/' }, PROTOCOL_ERROR],
  ['a line break in :path', { ':path': '/a\r\nx: y' }, PROTOCOL_ERROR],
  ['a space in :path', { ':path': '/a HTTP/1.1' }, PROTOCOL_ERROR],
  ['a line break in :method', { ':method': 'GET / HTTP/1.1\r\nx: y' }, PROTOCOL_ERROR],
  ['a space in :method', { ':method': 'GET /' }, PROTOCOL_ERROR],
  ['a line break in :scheme', { ':scheme': 'https\r\nx: y' }, PROTOCOL_ERROR],
  ['a body that its length announces and END_STREAM denies', { 'content-length': '3' }, PROTOCOL_ERROR],
  ['CONNECT', { ':method': 'CONNECT', ':path': null, ':scheme': null }, 405],
  ['a dot segment in :path', { ':path': '/a/%2e%2e/b' }, 400],
  ['a line break in :authority', { ':authority': 'a\r\nb' }, PROTOCOL_ERROR],
  ['a user in :authority', { ':authority': 'a@b' }, PROTOCOL_ERROR],
  ['no :authority', { ':authority': null }, PROTOCOL_ERROR],
  ['a Host that is another', { host: 'elsewhere' }, 400],
  ['an unknown :authority', { ':authority': 'nobody.postern.localhost' }, 404],
])('B54 %s is refused and reaches no backend', async (_, change, expected) => {
  const before = origin.requests.length;
  expect(await outcome(good(change))).toBe(expected);
  expect(origin.requests).toHaveLength(before);
});

test.each(['ab', 'abcd'])('B54 a body %j that is not the three octets it says is reset', async (body) => {
  const fields = [...good({ ':method': 'POST', ':path': '/hash' }), ['content-length', '3'] as [string, string]];
  expect([PROTOCOL_ERROR, INTERNAL_ERROR]).toContain(await outcome(fields, body));
});

test('B54 rapid resets end the connection and nobody else', async () => {
  const other = await connectHttp2(url.href, world.ca);
  const client = await attack();
  for (let index = 0; index < 3000 && !client.isClosed; index++) {
    const streamId = index * 2 + 1;
    client.send(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, streamId, headerBlock(good()));
    client.send(FRAME.RST_STREAM, FLAG.NONE, streamId, Buffer.from([0, 0, 0, 8]));
  }
  await until(() => client.isClosed || client.frames.some(({ type }) => type === FRAME.GOAWAY));
  expect((await askHttp2(other, { ':path': '/bytes/3' })).body).toHaveLength(3);
  other.destroy();
});

test('B54 a flood of CONTINUATION ends the connection', async () => {
  const client = await attack();
  client.send(FRAME.HEADERS, FLAG.NONE, 1, headerBlock(good()));
  for (let index = 0; index < 200; index++) {
    client.send(FRAME.CONTINUATION, FLAG.NONE, 1, headerBlock([[`x-${index}`, 'y'.repeat(100)]]));
  }
  await until(() => client.isClosed || client.frames.some(({ type }) => type === FRAME.GOAWAY));
});

test('B54 more streams than allowed are refused', async () => {
  const client = await attack();
  await until(() => client.frames.some(({ type }) => type === FRAME.SETTINGS));
  client.send(FRAME.SETTINGS, 1, 0, Buffer.alloc(0));
  for (let index = 0; index < 150; index++) {
    const block = headerBlock(good({ ':path': '/silent' }));
    client.send(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, index * 2 + 1, block);
  }
  await until(() => client.frames.some(({ type }) => type === FRAME.RST_STREAM || type === FRAME.GOAWAY));
  expect(origin.requests.filter(({ url: path }) => path === '/silent').length).toBeLessThanOrEqual(100);
  const codes = client.frames
    .filter(({ type }) => type === FRAME.RST_STREAM)
    .map(({ payload }) => payload.readUInt32BE());
  for (const code of codes) expect([PROTOCOL_ERROR, 7, ENHANCE_YOUR_CALM]).toContain(code);
});
