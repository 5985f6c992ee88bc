import { expect, test } from 'vitest';
import type { BackendListener, BackendRequest } from '../../src-main/connector/backend-client.ts';
import { PlainRequest } from '../../src-main/connector/plain-http/plain-request.ts';
import { isUnusual, ResponseParser } from '../../src-main/connector/plain-http/response-parser.ts';

/** All that a parser tells of octets, however they are cut. */
function parse(octets: string, pieceBytes = octets.length, isHead = false): readonly unknown[] {
  const told: unknown[] = [];
  let body = '';
  const parser: ResponseParser = new ResponseParser(4096, {
    onHead: ({ status, headers, framing, keepsAlive }) => told.push([status, headers, framing, keepsAlive]),
    onBody: (chunk) => {
      body += chunk.toString('latin1');
    },
    onEnd: (trailers) => told.push(body, trailers),
  });
  parser.begin(isHead);
  const all = Buffer.from(octets, 'latin1');
  try {
    for (let at = 0; at < all.length; at += pieceBytes) {
      if (!parser.push(all.subarray(at, at + pieceBytes))) return [...told, 'surplus'];
    }
    if (parser.finish()) told.push('ended');
  } catch (error) {
    return [...told, isUnusual(error) ? 'unusual' : (error as { code: string }).code];
  }
  return told;
}

test.each([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', [[200, ['Content-Length', '2'], 2, true], 'ok', []]],
  ['no reason', 'HTTP/1.1 204\r\n\r\n', [[204, [], 0, true], '', []]],
  ['spaces about a value', 'HTTP/1.1 204 \r\nA:  b\tc  \r\n\r\n', [[204, ['A', 'b\tc'], 0, true], '', []]],
  ['a tab about a length', 'HTTP/1.1 200 OK\r\nContent-Length: 0\t\r\n\r\n', ['unusual']],
  [
    'chunks with an extension and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;a=b\r\no\r\n01\r\nk\r\n0\r\nX-Sum: 1\r\n\r\n',
    [[200, ['Transfer-Encoding', 'Chunked'], 'chunked', true], 'ok', ['X-Sum', '1']],
  ],
  [
    'chunks whose sizes are filled up with blanks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1   \r\no\r\n1 \t;a\r\nk\r\n0  \r\n\r\n',
    [[200, ['Transfer-Encoding', 'chunked'], 'chunked', true], 'ok', []],
  ],
  [
    'a size with a blank in it',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 0\r\no\r\n',
    [[200, ['Transfer-Encoding', 'chunked'], 'chunked', true], 'HPE_INVALID_BODY'],
  ],
  ['an end of the connection', 'HTTP/1.0 200 OK\r\n\r\nok', [[200, [], 'until-end', false], 'ok', [], 'ended']],
  [
    'HTTP/1.0 that stays',
    'HTTP/1.0 200 OK\r\nConnection: a, Keep-Alive\r\nContent-Length: 0\r\n\r\n',
    [[200, ['Connection', 'a, Keep-Alive', 'Content-Length', '0'], 0, true], '', []],
  ],
  [
    'hints before the head',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 304 Not\r\nContent-Length: 0\r\n\r\n',
    [[103, ['Link', '</a>'], 0, true], [304, ['Content-Length', '0'], 0, true], '', []],
  ],
  ['a second response', 'HTTP/1.1 204 A\r\n\r\nHTTP/1.1 204 B\r\n\r\n', [[204, [], 0, true], '', [], 'surplus']],
  ['LF alone', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', [[200, ['Content-Length', '2'], 2, false], 'ok', []]],
  [
    'LF alone, to the end',
    'HTTP/1.0 200\nA:b\n\n\r\n\r\n',
    [[200, ['A', 'b'], 'until-end', false], '\r\n\r\n', [], 'ended'],
  ],
  ['LF alone, then CR LF', 'HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok', ['unusual']],
  ['CR LF, then LF alone', 'HTTP/1.1 200 OK\r\nContent-Length: 2\n\nok', ['unusual']],
  ['LF alone before chunks', 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\r\n\r\n', ['unusual']],
  ['LF alone without end', `HTTP/1.1 200 OK\nA: ${'b'.repeat(5000)}`, ['HPE_HEADER_OVERFLOW']],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', ['unusual']],
  ['a newer version', 'HTTP/2.0 200 OK\r\n\r\n', ['unusual']],
  ['a coding beside chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', ['unusual']],
  ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', ['unusual']],
  [
    'the same length three times',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
    [[200, ['Content-Length', '2', 'A', 'b'], 2, true], 'ok', []],
  ],
  ['another length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\nok', ['unusual']],
  [
    'a blank before a colon, and folded values',
    'HTTP/1.1 200 OK\r\nA \t: b\r\n\t c : d\r\nE:\r\n f\r\nContent-Length : 2\r\n\r\nok',
    [[200, ['A', 'b c : d', 'E', 'f', 'Content-Length', '2'], 2, false], 'ok', []],
  ],
  ['a blank in a name', 'HTTP/1.1 200 OK\r\nA B: b\r\n\r\n', ['unusual']],
  ['a head without end', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(5000)}`, ['HPE_HEADER_OVERFLOW']],
])('a response is read alike however it is cut: %s', (_, octets, expected) => {
  for (const pieceBytes of [octets.length, 1, 2, 3, 7]) {
    if (octets.length < 4000 || pieceBytes > 2) expect(parse(octets, pieceBytes)).toEqual(expected);
  }
});

test('the answer to HEAD has no body, whatever it says', () => {
  const octets = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n';
  expect(parse(octets, octets.length, true)).toEqual([[200, ['Content-Length', '9'], 0, true], '', []]);
});

const listener: BackendListener = {
  onRequestStart: () => undefined,
  onBodySent: () => undefined,
  onResponseStart: () => undefined,
  onResponseData: () => undefined,
  onResponseEnd: () => undefined,
  onResponseError: () => undefined,
};

function written(change: Partial<BackendRequest>): string {
  const request = { method: 'GET', path: '/', headers: [], body: null, headersTimeoutMs: 1000, endsConnection: null };
  return new PlainRequest({ ...request, ...change }, listener).head.text;
}

test('a request is written with the framing of its body and no other', () => {
  const headers = ['host', 'a', 'X-A', 'b', 'Content-Length', '5'];
  const get = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: keep-alive\r\nX-A: b\r\n\r\n';
  expect(written({ headers })).toBe(get);
  const post = written({ method: 'POST', headers: ['host', 'a'] });
  expect(post).toBe('POST / HTTP/1.1\r\nhost: a\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n');
  const odd = written({ method: 'REPORT', headers: ['host', 'a'], body: Buffer.from('abc') });
  expect(odd).toBe('REPORT / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\n');
});

test.each([
  ['a line break in a value', { headers: ['host', 'a', 'X', 'b\r\nc: d'] }],
  ['a line break in a name', { headers: ['host', 'a', 'X\r\nY', 'b'] }],
  ['a blank in the path', { path: '/a b' }],
  ['another host', { headers: ['host', 'a', 'Host', 'b'] }],
  ['two lengths', { headers: ['host', 'a', 'content-length', '1', 'Content-Length', '1'] }],
  ['a coding of its own', { headers: ['host', 'a', 'Transfer-Encoding', 'chunked'] }],
  ['no method', { method: 'GET /x' }],
  [
    'a length that is not its body’s',
    { method: 'PUT', headers: ['host', 'a', 'content-length', '9'], body: Buffer.from('a') },
  ],
])('a request that would be two is refused: %s', (_, change) => {
  expect(() => written({ headers: ['host', 'a'], ...change })).toThrow(/invalid|mismatch|duplicate|body/i);
});
