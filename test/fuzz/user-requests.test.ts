import { type IncomingMessage, METHODS, type Server, createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOrdinaryBeginning, readRequestHead } from '../../src-service/edge/http1/request-head.ts';
import { DESYNC_REQUESTS } from '../corpora/desync-requests.ts';

interface Reading {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: object;
  readonly isKeptAlive: boolean;
  /** Octets of the body that node:http waits for or takes. */
  readonly bodyBytes: number;
}

let server: Server;
let onReading: (reading: Reading | null) => void = () => undefined;

beforeAll(() => {
  server = createServer({ insecureHTTPParser: false, requireHostHeader: false, maxHeaderSize: 128 * 1024 });
  server.maxHeadersCount = 0;
  server.on('request', (request, response) => {
    onReading({ ...readingOf(request), isKeptAlive: response.shouldKeepAlive });
  });
  for (const event of ['checkContinue', 'checkExpectation', 'connect', 'upgrade', 'clientError'])
    server.on(event, () => onReading(null));
});

afterAll(() => server.close());

function readingOf(request: IncomingMessage): Omit<Reading, 'isKeptAlive'> {
  const { method = '', url = '', rawHeaders, headers } = request;
  const length = headers['content-length'] ?? '0';
  const bodyBytes = headers['transfer-encoding'] === undefined ? Number(length) : NaN;
  return { method, url, rawHeaders, headers: { ...headers }, bodyBytes };
}

/** What node:http makes of a head; null where it refuses it, or takes it for something else than a request for a response. */
async function readByNode(head: string): Promise<Reading | null> {
  const [user, edge] = duplexPair();
  user.on('error', () => undefined);
  edge.on('error', () => undefined);
  try {
    return await new Promise<Reading | null>((resolve) => {
      onReading = resolve;
      server.emit('connection', edge);
      user.write(head, 'latin1');
    });
  } finally {
    user.destroy();
    edge.destroy();
  }
}

/**
 * What ours reads, node:http must read alike, with another method where it does not know the one; what ours leaves is node:http's
 * affair. @returns whether ours reads it
 */
async function compare(head: string): Promise<boolean> {
  const own = readRequestHead(head);
  if (own === null) return false;
  const { method } = own;
  const isKnown = METHODS.includes(method);
  const read = await readByNode(isKnown ? head : `POST${head.slice(method.length)}`);
  const node = isKnown || read === null ? read : { ...read, method };
  expect({ head, reading: node }).toEqual({ head, reading: { ...own, headers: { ...own.headers } } });
  return true;
}

const TOKEN = fc.stringMatching(/^[!#$%&'*+\-.^_`|~\dA-Za-z]{1,20}$/);
const KNOWN_NAME = fc.constantFrom(
  ...[
    'Accept',
    'cookie',
    'Cookie',
    'User-Agent',
    'user-agent',
    'Authorization',
    'authorization',
    'Content-Type',
    'Referer',
  ],
  ...[
    'X-Forwarded-For',
    'Origin',
    'date',
    'If-None-Match',
    'TE',
    'Trailer',
    'Keep-Alive',
    'Age',
    'Server',
    'Max-Forwards',
  ],
  ...['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'],
  ...[
    'Connection',
    'Content-Length',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'Proxy-Connection',
    'Host',
    'Set-Cookie',
  ],
);
const VALUE = fc.oneof(
  fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,40}$/),
  fc.constantFrom(
    '',
    ' ',
    'close',
    'Close',
    'keep-alive',
    'keep-alive, x',
    '0',
    '5',
    '05',
    '5, 5',
    '+5',
    'chunked',
    'h2c',
    '100-continue',
  ),
);
const FIELD = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: KNOWN_NAME }, TOKEN), fc.constantFrom(' ', '', '  ', '\t', ' \t'), VALUE)
  .map(([name, space, value]) => `${name}:${space}${value}\r\n`);
const METHOD = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS') },
  fc.constantFrom('TRACE', 'PROPFIND', 'M-SEARCH', 'CCM_POST', 'RPC_IN_DATA', 'CONNECT', 'PRI', 'get', 'CONNECTED'),
  fc.stringMatching(/^[A-Za-z\d_.-]{1,26}$/),
);
const TARGET = fc.oneof(
  fc.stringMatching(/^\/[\x21-\x7e]{0,40}$/),
  fc.constantFrom('/', '/a?b=c', '*', 'http://a/b', '/%2e%2e/', '//a', '/#a', '/a\x80'),
);
const HEAD = fc
  .tuple(METHOD, TARGET, fc.array(FIELD, { maxLength: 8 }), fc.nat(8))
  .map(([method, target, fields, at]) => {
    const lines = fields.toSpliced(Math.min(at, fields.length), 0, 'Host: a.test\r\n');
    return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
  });
const ODD_OCTETS = '\r\n\t \0:;,/\x7f\x80\v\x1fA5'.split('');
/** An octet changed, left out, doubled or put in, as hostile clients do it. */
const MUTATED = fc
  .tuple(
    HEAD,
    fc.array(
      fc.tuple(fc.nat(400), fc.constantFrom('change', 'drop', 'double', 'add'), fc.constantFrom(...ODD_OCTETS)),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([head, changes]) => {
    let text = head;
    for (const [where, how, octet] of changes) {
      const at = where % text.length;
      const kept = how === 'add' || how === 'double' ? at : at + 1;
      const put = how === 'drop' ? '' : how === 'double' ? text.charAt(at) : octet;
      text = text.slice(0, at) + put + text.slice(kept);
    }
    return text;
  });

describe('heads of users', () => {
  test('what is read at all is read as node:http reads it', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(HEAD, async (head) => {
        read += Number(await compare(head));
      }),
      { numRuns: 3000 },
    );
    // The generator must not have stopped to make ordinary ones.
    expect(read).toBeGreaterThan(200);
  });

  test('what an octet too many, too few or another makes of a head is left to node:http, or read alike', async () => {
    await fc.assert(
      fc.asyncProperty(MUTATED, async (head) => {
        await compare(head);
      }),
      { numRuns: 5000 },
    );
  });

  test.each(DESYNC_REQUESTS.map(({ what, octets }) => [what, octets] as const))('%s', async (_what, octets) => {
    const text = octets.replaceAll('HOST', 'a.test');
    const end = text.indexOf('\r\n\r\n');
    if (end !== -1) await compare(text.slice(0, end + 4));
  });

  test.each([
    ['names', 'a:\r\n'],
    ['values', `a:${'b'.repeat(1000)}\r\n`],
    ['no name', 'a'],
    ['space', 'a:  \t'],
    ['ends', '\r\n'],
  ])('a head of 64 KiB that is broken at its end takes no more than a look (%s)', (_what, piece) => {
    const text = `GET / HTTP/1.1\r\nHost: a\r\n${piece.repeat(65_536 / piece.length)}`;
    for (let run = 0; run < 20; run += 1) {
      expect(readRequestHead(`${text}\0\r\n\r\n`)).toBeNull();
      expect(isOrdinaryBeginning(`${text}\0`)).toBe(false);
    }
  });

  test('each beginning of an ordinary head can become one: of a method alone node:http made 400, or answers beside each other', () => {
    fc.assert(
      fc.property(HEAD, fc.nat(400), (head, at) => {
        if (readRequestHead(head) === null) return;
        const cut = Math.max(1, at % head.length);
        expect({ head, cut, is: isOrdinaryBeginning(head.slice(0, cut)) }).toEqual({ head, cut, is: true });
      }),
      { numRuns: 2000 },
    );
  });
});
