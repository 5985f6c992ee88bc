import { type ServerResponse, createServer } from 'node:http';
import { addAbortSignal, duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Http1ResponseWriter } from './http1-response-writer.ts';

const WITHIN_MS = 2000;
const DATE = ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'];

interface Case {
  readonly method: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

const CASES: readonly Case[] = [
  {
    method: 'GET',
    status: 200,
    headers: ['Content-Length', '5', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
    body: 'h\u00e9llo',
  },
  { method: 'GET', status: 404, headers: ['Content-Type', 'text/plain'], body: 'nothing' },
  { method: 'GET', status: 200, headers: [], body: '' },
  { method: 'HEAD', status: 200, headers: ['Content-Length', '1000'], body: '' },
  { method: 'GET', status: 204, headers: [], body: '' },
  { method: 'GET', status: 304, headers: ['ETag', '"a"'], body: '' },
];

/**
 * Tries whether node:http takes heads of our own as it takes its own (`setOwnHead`), on connections in memory, one request
 * after the other and all at once: the octets must be the same, each response must say that it is finished, and the last one
 * must end its connection.
 * @returns what is wrong, in words for the operator; null where nothing is
 */
export async function findOwnHeadTrouble(): Promise<string | null> {
  try {
    for (const isPipelined of [false, true]) {
      const [own, node] = await Promise.all([exchangeAll(true, isPipelined), exchangeAll(false, isPipelined)]);
      if (own !== node) return 'The octets of a response are other than those of node:http.';
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** All octets that a connection gets which asks for every case in turn and is closed with the last. */
async function exchangeAll(isHeadOwn: boolean, isPipelined: boolean): Promise<string> {
  const requests = CASES.map(({ method }, index) => {
    const last = index === CASES.length - 1 ? 'Connection: close\r\n' : '';
    return `${method} / HTTP/1.1\r\nHost: a\r\n${last}\r\n`;
  });
  let answered = 0;
  let known = 0;
  let finished = 0;
  const server = createServer((_request, response) => {
    const each = CASES[answered] as Case;
    answered += 1;
    const next = requests[answered];
    response.on('finish', () => {
      finished += Number(response.writableFinished);
    });
    response.on('close', () => {
      if (!isPipelined && next !== undefined) user.write(next);
    });
    known += Number(answer(response, each, isHeadOwn));
  });
  const [user, edge] = duplexPair();
  server.emit('connection', edge);
  addAbortSignal(AbortSignal.timeout(WITHIN_MS), user);
  user.write(isPipelined ? requests.join('') : requests[0]);
  const octets = await text(user.setEncoding('latin1'));
  user.end();
  if (known !== CASES.length) throw new Error('A response does not know that it has its head.');
  if (finished !== CASES.length) throw new Error('A response does not say that it is finished.');
  return octets;
}

/** @returns whether the response knows that it has this head; what is thrown here would end the process */
function answer(response: ServerResponse, { status, headers, body }: Case, isHeadOwn: boolean): boolean {
  const writer = new Http1ResponseWriter(response, isHeadOwn);
  writer.writeHead(status, [...headers, ...DATE]);
  if (body !== '') writer.write(Buffer.from(body, 'latin1'));
  writer.end([]);
  return writer.isBegun && response.statusCode === status;
}
