import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOwnHeadTrouble } from '../../src-service/relay/check-own-heads.ts';
import { Http1ResponseWriter } from '../../src-service/relay/http1-response-writer.ts';
import { setOwnHead } from '../../src-service/relay/own-response-head.ts';

const DATE = ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'];

interface Answer {
  readonly status?: number;
  readonly headers?: readonly string[];
  /** Written within the tick of the head. */
  readonly pieces?: readonly string[];
  /** Written a tick later each. */
  readonly latePieces?: readonly string[];
  readonly trailers?: readonly string[];
}

let server: Server;
let isHeadOwn = false;
let answers: Answer[] = [];
/** What became of each response: whether it finished, and whether its head was our own. */
let outcomes: { isFinished: boolean; isOwn: boolean }[] = [];
/** What was thrown instead of a head. */
let refusals: unknown[] = [];
let onResponse: (response: ServerResponse) => void = () => undefined;

beforeAll(async () => {
  server = createServer({ keepAliveTimeout: 5000 }, (_request, response) => {
    onResponse(response);
    void write(response, answers.shift() ?? {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => server.close());

async function write(response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = [], pieces = [], latePieces = [], trailers = [] } = answer;
  const outcome = { isFinished: false, isOwn: false };
  outcomes.push(outcome);
  response.on('finish', () => (outcome.isFinished = response.writableFinished));
  const writer = new Http1ResponseWriter(response, isHeadOwn);
  // Only node:http's own `writeHead` leaves a reason there.
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  outcome.isOwn = true;
  response.writeHead = (...args: unknown[]) => {
    outcome.isOwn = false;
    return writeHead(...args);
  };
  try {
    writer.writeHead(status, [...headers, ...DATE]);
  } catch (error) {
    refusals.push(error);
    response.end();
    return;
  }
  for (const piece of pieces) writer.write(Buffer.from(piece, 'latin1'));
  for (const piece of latePieces) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    writer.write(Buffer.from(piece, 'latin1'));
  }
  if (latePieces.length > 0) await new Promise<void>((resolve) => void setImmediate(resolve));
  writer.end(trailers);
}

/** All that a connection gets for these requests, sent at once, and what became of the responses. */
async function exchange(isOwn: boolean, requests: string, given: readonly Answer[]): Promise<string> {
  isHeadOwn = isOwn;
  answers = [...given];
  outcomes = [];
  refusals = [];
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(requests, 'latin1');
  return text(socket.setEncoding('latin1'));
}

const request = (method: string, lines: readonly string[] = [], isLast = true): string =>
  [`${method} / HTTP/1.1`, 'Host: a', ...lines, ...(isLast ? ['Connection: close'] : []), '', ''].join('\r\n');

const GET = request('GET');
const FOLLOWED = request('GET', [], false);
const LARGE = 'x'.repeat(20_000);

describe('a head of our own', () => {
  test.each<[string, string, readonly Answer[], boolean]>([
    ['a length', GET, [{ headers: ['Content-Length', '5'], pieces: ['h\u00e9llo'] }], true],
    ['chunks', GET, [{ headers: ['X-A', '1'], pieces: ['h\u00e9llo'] }], true],
    ['no body at all', GET, [{}], true],
    ['a length of nothing', GET, [{ headers: ['content-length', '0'] }], true],
    ['pieces within the tick', GET, [{ pieces: ['one', 'two', LARGE] }], true],
    ['pieces over several ticks', GET, [{ pieces: ['one'], latePieces: ['two', LARGE] }], true],
    ['a body that begins late', GET, [{ latePieces: ['late'] }], true],
    ['a late body with a length', GET, [{ headers: ['Content-Length', '4'], latePieces: ['late'] }], true],
    ['trailers', GET, [{ pieces: ['one'], trailers: ['X-T', 'yes', 'X-T', 'twice'] }], true],
    ['HEAD', request('HEAD'), [{ headers: ['Content-Length', '1000'] }], true],
    ['HEAD without a length', request('HEAD'), [{ headers: ['ETag', '"a"'] }], true],
    ['HEAD with a body that nobody may send', request('HEAD'), [{ pieces: ['body'] }], true],
    ['204', GET, [{ status: 204 }], true],
    ['204 with a body that nobody may send', GET, [{ status: 204, pieces: ['body'] }], true],
    ['304', GET, [{ status: 304, headers: ['ETag', '"a"', 'Content-Length', '7'] }], true],
    ['a status that nobody knows', GET, [{ status: 299 }], true],
    [
      'repeated headers, in order',
      GET,
      [{ headers: ['Set-Cookie', 'a=1', 'X', '', 'set-cookie', 'b=\u00e9\t2'] }],
      true,
    ],
    ['names of inherited members', GET, [{ headers: ['constructor', '1', '__proto__', '2', 'toString', '3'] }], true],
    ['a body shorter than its length', GET, [{ headers: ['Content-Length', '9'], pieces: ['short'] }], true],
    ['a length that is none', GET, [{ headers: ['Content-Length', '+5'], pieces: ['hello'] }], false],
    ['two lengths', GET, [{ headers: ['Content-Length', '5', 'Content-Length', '5'], pieces: ['hello'] }], false],
    ['a coding of the backend', GET, [{ headers: ['Transfer-Encoding', 'chunked'], pieces: ['hello'] }], false],
    ['a connection header of the backend', FOLLOWED, [{ headers: ['Connection', 'close'], pieces: ['hello'] }], false],
    ['an announced trailer', GET, [{ headers: ['Trailer', 'X-T'], pieces: ['a'], trailers: ['X-T', '1'] }], false],
    ['a status above those of HTTP', GET, [{ status: 799, pieces: ['hello'] }], false],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', [{ pieces: ['hello'] }], false],
    ['HTTP/1.0 that would stay', 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', [{ pieces: ['hello'] }], false],
    [
      'several requests at once',
      `${FOLLOWED}${request('HEAD', [], false)}${FOLLOWED}${FOLLOWED}${GET}`,
      [
        { pieces: ['one'], latePieces: ['and late'] },
        { headers: ['Content-Length', '3'] },
        { headers: ['Content-Length', '5'], pieces: ['three'] },
        { status: 204 },
        { pieces: [LARGE], trailers: ['X-T', '5'] },
      ],
      true,
    ],
  ])('is octet for octet that of node:http: %s', async (_, requests, given, isOwn) => {
    const byNode = await exchange(false, requests, given);
    const byUs = await exchange(true, requests, given);
    expect(byUs).toBe(byNode);
    expect(outcomes).toEqual(given.map(() => ({ isFinished: true, isOwn })));
  });

  test.each([
    ['a line break in a value', ['X-A', 'a\r\nX-B: b']],
    ['a control character in a value', ['X-A', 'a\0']],
    ['a character that is no octet', ['X-A', '\u0100']],
    ['a line break in a name', ['X-A\r\nX-B', 'b']],
    ['a space in a name', ['X A', 'b']],
    ['an empty name', ['', 'b']],
    ['a name that only looks like one that is known', ['\u0158-A', 'b']],
  ])('is refused as node:http refuses it: %s', async (_, headers) => {
    for (const isOwn of [false, true]) {
      const text = await exchange(isOwn, GET, [{ headers: ['X-A', 'known', ...headers] }]);
      expect(text).not.toContain('X-');
      expect(refusals).toHaveLength(1);
    }
  });

  test('leaves the octets of a file name alone, behind a length too', async () => {
    const headers = ['Content-Length', '5', 'Content-Disposition', 'attachment; filename="\u00c3\u00a9.txt"'];
    const sent = await exchange(true, GET, [{ headers, pieces: ['hello'] }]);
    expect(sent).toContain('filename="\u00c3\u00a9.txt"\r\n');
  });

  test('does nothing to a response that has a head, or headers that were set one by one', async () => {
    const results: unknown[] = [];
    onResponse = (response) => {
      response.setHeader('X-Set', '1');
      results.push(setOwnHead(response, 200, []), response.headersSent);
      response.removeHeader('X-Set');
      response.flushHeaders();
      results.push(setOwnHead(response, 200, []));
      response.writeHead = () => response;
    };
    expect(await exchange(false, GET, [{ pieces: ['hello'] }])).toContain('hello');
    onResponse = () => undefined;
    expect(results).toEqual([null, false, null]);
  });

  test('has the date of now where the backend gave none', async () => {
    onResponse = (response) => {
      expect(setOwnHead(response, 200, ['Content-Length', '0'])).toBe(0);
      response.writeHead = () => response;
    };
    const before = Math.floor(Date.now() / 1000) * 1000;
    const given = await exchange(false, GET, [{}]);
    onResponse = () => undefined;
    const date = Date.parse(/^Date: (.+ GMT)\r$/m.exec(given)?.[1] ?? '');
    expect(date).toBeGreaterThanOrEqual(before);
    expect(date).toBeLessThanOrEqual(Date.now());
  });
});

test('this Node takes heads of our own', async () => {
  expect(await findOwnHeadTrouble()).toBeNull();
});
