import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EdgeListener, makeEdgeListener } from '../../src-service/edge/edge-listener.ts';
import { makeResponseWriter } from '../../src-service/relay/make-response-writer.ts';
import { type UserResponse, isPlainResponse } from '../../src-service/relay/user-http.ts';
import { makeTestLog } from '../helpers/test-log.ts';

const DATE = ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'];

interface Answer {
  readonly status?: number;
  readonly headers?: readonly string[];
  /** Written within the tick of the head. */
  readonly pieces?: readonly string[];
  /** Written a tick later each. */
  readonly latePieces?: readonly string[];
  readonly trailers?: readonly string[];
  /** Whether the backend says when. */
  readonly isDated?: boolean;
}

/** A listener whose requests the service reads itself, and one that leaves them to node:http. */
const listeners = new Map<boolean, { readonly listener: EdgeListener; readonly port: number }>();
let answers: Answer[] = [];
/** What became of each response: whether it finished, and whether it was one of ours. */
let outcomes: { isFinished: boolean; isOwn: boolean }[] = [];
/** What was thrown instead of a head. */
let refusals: unknown[] = [];

beforeAll(async () => {
  for (const areRequestsOwn of [true, false]) {
    const listen = { host: '127.0.0.1', port: 0 };
    const listener = makeEdgeListener({ listen, certificates: null, log: makeTestLog(), areRequestsOwn });
    listeners.set(areRequestsOwn, { listener, ...(await listener.listen()) });
    listener.serve({
      isLeftToNode: () => false,
      handleRequest: (_request, response) => void write(response, answers.shift() ?? {}),
      handleUpgrade: (_request, socket) => socket.destroy(),
      handleMalformed: (socket) => socket.destroy(),
    });
  }
});

afterAll(() => Promise.all([...listeners.values()].map(({ listener }) => listener.close({ graceMs: 0 }))));

async function write(response: UserResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = [], pieces = [], latePieces = [], trailers = [], isDated = true } = answer;
  const outcome = { isFinished: false, isOwn: isPlainResponse(response) };
  outcomes.push(outcome);
  response.on('close', () => (outcome.isFinished = response.writableFinished));
  const writer = makeResponseWriter(response);
  try {
    writer.writeHead(status, [...headers, ...(isDated ? DATE : [])]);
  } catch (error) {
    refusals.push(error);
    writer.writeHead(500, [...DATE, 'Content-Length', '0']);
    writer.end([], false);
    return;
  }
  for (const piece of pieces) writer.write(Buffer.from(piece, 'latin1'));
  for (const piece of latePieces) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    writer.write(Buffer.from(piece, 'latin1'));
  }
  if (latePieces.length > 0) await new Promise<void>((resolve) => void setImmediate(resolve));
  writer.end(trailers, false);
}

/** All that a connection gets for these requests, sent at once, and what became of the responses. */
async function exchange(isOwn: boolean, requests: string, given: readonly Answer[]): Promise<string> {
  answers = [...given];
  outcomes = [];
  refusals = [];
  const socket = connect(listeners.get(isOwn)?.port ?? 0, '127.0.0.1');
  socket.write(requests, 'latin1');
  return text(socket.setEncoding('latin1'));
}

const request = (method: string, lines: readonly string[] = [], isLast = true): string =>
  [`${method} / HTTP/1.1`, 'Host: a', ...lines, ...(isLast ? ['Connection: close'] : []), '', ''].join('\r\n');

const GET = request('GET');
const FOLLOWED = request('GET', [], false);
const LARGE = 'x'.repeat(20_000);

describe('a response of our own', () => {
  test.each<[string, string, readonly Answer[]]>([
    ['a length', GET, [{ headers: ['Content-Length', '5'], pieces: ['h\u00e9llo'] }]],
    ['chunks', GET, [{ headers: ['X-A', '1'], pieces: ['h\u00e9llo'] }]],
    ['no body at all', GET, [{}]],
    ['a length of nothing', GET, [{ headers: ['content-length', '0'] }]],
    ['pieces within the tick', GET, [{ pieces: ['one', LARGE] }]],
    ['pieces over several ticks', GET, [{ pieces: ['one'], latePieces: ['two', LARGE] }]],
    ['a body that begins late', GET, [{ latePieces: ['late'] }]],
    ['a late body with a length', GET, [{ headers: ['Content-Length', '4'], latePieces: ['late'] }]],
    ['trailers', GET, [{ pieces: ['one'], trailers: ['X-T', 'yes', 'X-T', 'twice'] }]],
    ['HEAD', request('HEAD'), [{ headers: ['Content-Length', '1000'] }]],
    ['HEAD without a length', request('HEAD'), [{ headers: ['ETag', '"a"'] }]],
    ['HEAD with a body that nobody may send', request('HEAD'), [{ pieces: ['body'] }]],
    ['204', GET, [{ status: 204 }]],
    ['204 with a body that nobody may send', GET, [{ status: 204, pieces: ['body'] }]],
    ['304', GET, [{ status: 304, headers: ['ETag', '"a"', 'Content-Length', '7'] }]],
    ['a status that nobody knows', GET, [{ status: 299 }]],
    ['repeated headers, in order', GET, [{ headers: ['Set-Cookie', 'a=1', 'X', '', 'set-cookie', 'b=\u00e9\t2'] }]],
    ['names of inherited members', GET, [{ headers: ['constructor', '1', '__proto__', '2', 'toString', '3'] }]],
    ['an announced trailer', GET, [{ headers: ['Trailer', 'X-T'], pieces: ['a'], trailers: ['X-T', '1'] }]],
    ['a status above those of HTTP', GET, [{ status: 799, pieces: ['hello'] }]],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', [{ pieces: ['hello'] }]],
    ['HTTP/1.0 that would stay', 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', [{ pieces: ['hello'] }]],
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
    ],
  ])('is octet for octet that of node:http: %s', async (_, requests, given) => {
    const byNode = await exchange(false, requests, given);
    const byUs = await exchange(true, requests, given);
    expect(byUs).toBe(byNode);
    expect(outcomes.map(({ isFinished }) => isFinished)).toEqual(given.map(() => true));
    expect(outcomes.every(({ isOwn }) => isOwn)).toBe(!requests.includes('HTTP/1.0'));
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

  test('has the date of now where the backend gave none', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const given = await exchange(true, GET, [{ isDated: false }]);
    const date = Date.parse(/^Date: (.+ GMT)\r$/m.exec(given)?.[1] ?? '');
    expect(date).toBeGreaterThanOrEqual(before);
    expect(date).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    ['a length that is none', ['Content-Length', '+5']],
    ['two lengths', ['Content-Length', '5', 'Content-Length', '5']],
    ['a coding', ['Transfer-Encoding', 'chunked']],
    ['a word about the connection', ['Connection', 'close']],
  ])("is refused where node:http passes on what is not the backend's to say: %s", async (_, headers) => {
    expect(await exchange(true, GET, [{ headers, pieces: ['hello'] }])).toContain('HTTP/1.1 500');
    expect(refusals).toHaveLength(1);
  });
});
