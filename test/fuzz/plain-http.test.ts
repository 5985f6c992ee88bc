import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { Client } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ResponseParser } from '../../src-main/connector/plain-http/response-parser.ts';
import { HOSTILE_RESPONSES } from '../corpora/hostile-responses.ts';

interface Reading {
  readonly statuses: readonly number[];
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

let octetsToSend = '';
let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(octetsToSend, 'latin1'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterAll(() => server.close());

/** What our parser makes of octets behind which the connection ends; null where it refuses them or waits for more. */
function readPlainly(octets: string, method: string, pieceBytes: number): Reading | null {
  const statuses: number[] = [];
  const ends: (readonly string[])[] = [];
  let [headers, body]: [readonly string[], string] = [[], ''];
  const parser: ResponseParser = new ResponseParser(16_384, {
    onHead: (head) => {
      statuses.push(head.status);
      ({ headers } = head);
    },
    onBody: (chunk) => {
      body += chunk.toString('latin1');
    },
    onEnd: (found) => {
      ends.push(found);
    },
  });
  parser.begin(method === 'HEAD');
  const all = Buffer.from(octets, 'latin1');
  try {
    for (let at = 0; at < all.length && ends.length === 0; at += pieceBytes)
      parser.push(all.subarray(at, at + pieceBytes));
    if (ends.length === 0) parser.finish();
  } catch {
    return null;
  }
  // The connection leaves out the first of these and refuses the second.
  const [trailers] = ends;
  if (trailers === undefined || statuses.includes(100) || statuses.includes(101)) return null;
  return { statuses, headers, body, trailers };
}

function texts(raw: unknown): string[] {
  // undici leaves blanks at the end of a value, which are none of it (RFC 9112, section 5.1).
  return ((raw ?? []) as (string | Buffer)[]).map((each) =>
    (typeof each === 'string' ? each : each.toString('latin1')).replace(/[ \t]+$/, ''),
  );
}

/**
 * The strict form of what is read though undici refuses it: lines that all end in LF or are folded, a blank before a colon, a length
 * that is said twice, blanks behind the size of a chunk.
 */
function strictly(octets: string, { headers }: Reading): string {
  const bareHead = /^[^\r\n]*\n(?:[^\r\n]+\n)*\n/.exec(octets)?.[0] ?? '';
  const inLines = bareHead.replaceAll('\n', '\r\n') + octets.slice(bareHead.length);
  const headEnd = inLines.indexOf('\r\n\r\n');
  const seen = new Set<string>();
  const lines = inLines
    .slice(0, headEnd)
    .replace(/\r\n[\t ]+(?=\r|$)/g, '')
    .replace(/\r\n[\t ]+/g, ' ')
    .replace(/^([^\s:]+)[\t ]+:/gm, '$1:')
    .split('\r\n');
  const once = lines.filter((line) => {
    const length = /^content-length: *(\d+) *$/i.exec(line)?.[1];
    if (length === undefined || !seen.has(length)) return (seen.add(length ?? ''), true);
    return false;
  });
  const whole = once.join('\r\n') + inLines.slice(headEnd);
  const isChunked = headers.some((each, index) => index % 2 === 0 && each.toLowerCase() === 'transfer-encoding');
  return !isChunked ? whole : whole.replace(/(?<=\n[\da-f]+)[ \t]+(?=[;\r])/gi, '');
}

/** What undici makes of the same. */
async function readByUndici(octets: string, method: string): Promise<Reading | null> {
  octetsToSend = octets;
  const client = new Client(`http://127.0.0.1:${port}`);
  const statuses: number[] = [];
  let [headers, body]: [string[], string] = [[], ''];
  try {
    const trailers = await new Promise<string[]>((resolve, reject) => {
      client.dispatch(
        { path: '/', method },
        {
          onRequestStart: () => undefined,
          onResponseStart: (controller, status) => {
            statuses.push(status);
            headers = texts(controller.rawHeaders);
          },
          onResponseData: (_controller, chunk) => {
            body += chunk.toString('latin1');
          },
          onResponseEnd: (controller) => resolve(texts(controller.rawTrailers)),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
    return { statuses, headers, body, trailers };
  } catch {
    return null;
  } finally {
    await client.destroy();
  }
}

const line = fc.constantFrom(
  'Content-Length: 2',
  'content-length: 0',
  'Content-Length: 02',
  'Content-Length: 5, 5',
  'Transfer-Encoding: chunked',
  'transfer-encoding:chunked ',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Connection: close',
  'Connection: keep-alive',
  'X: \ta\xe9 ',
  'X:',
  'X : a',
  ' folded',
  'Set-Cookie: a=b',
);
const plausible = fc
  .tuple(
    fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.0 200 OK',
      'HTTP/1.1 204',
      'HTTP/1.1 304 ',
      'HTTP/1.1 103 Hint',
      'HTTP/1.1 099 X',
    ),
    fc.array(line, { maxLength: 4 }),
    fc.constantFrom(
      'ok',
      '',
      '2\r\nok\r\n0\r\n\r\n',
      '2;x="y"\r\nok\r\n0\r\nA: b\r\n\r\n',
      '002\r\nok\r\n00\r\n\r\n',
      '2 \r\nok\r\n0\r\n\r\n',
    ),
  )
  .map(([status, lines, rest]) => `${[status, ...lines].join('\r\n')}\r\n\r\n${rest}`);
const known = fc.constantFrom(...HOSTILE_RESPONSES.map(({ octets }) => octets).filter(({ length }) => length < 2000));
/** One octet put in, taken out or changed. */
const mutated = fc
  .tuple(
    fc.oneof(plausible, known),
    fc.nat(),
    fc.nat({ max: 2 }),
    fc.constantFrom('\r', '\n', '\0', ' ', '\t', ':', ';', '0', 'f', '\x80', ','),
  )
  .map(([octets, at, kind, octet]) => {
    const index = at % octets.length;
    return octets.slice(0, index) + (kind === 1 ? '' : octet) + octets.slice(kind === 0 ? index : index + 1);
  });

test('what the plain parser reads, undici reads alike; the rest it leaves to undici', async () => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(plausible, known, mutated),
      fc.constantFrom('GET', 'GET', 'HEAD'),
      fc.integer({ min: 1, max: 64 }),
      async (octets, method, pieceBytes) => {
        const plainly = readPlainly(octets, method, pieceBytes);
        if (plainly === null) return;
        read += 1;
        expect(await readByUndici(strictly(octets, plainly), method)).toEqual(plainly);
      },
    ),
    { numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(300);
}, 60_000);
