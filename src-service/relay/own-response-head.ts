import { STATUS_CODES, type ServerResponse } from 'node:http';

/**
 * Heads of responses over HTTP/1.1 that the service puts together itself, octet for octet as node:http would, at a fraction of
 * what `writeHead` takes. A whole response then is one text, which `end` writes in one go. This stands on fields of
 * `ServerResponse` that are not documented: it is tried at the start (`findOwnHeadTrouble`), can be turned off, and whatever
 * is out of the ordinary is left to node:http (ADR 0033).
 */

/** How the body behind a head is framed. */
export type BodyFraming =
  /** With a `Content-Length` of so many octets. */
  | number
  | 'chunks'
  /** The status or the method has none. */
  | 'none';

/** What of a `ServerResponse` this stands on, as node:http leaves it behind `writeHead`. */
interface Internals {
  /** The head, sent with the next octets. */
  _header: string | null;
  readonly _headerSent: boolean;
  /** Whether the status and the method have a body. */
  _hasBody: boolean;
  /** Whether the connection ends with the response. */
  _last: boolean;
  /** Whether `write` and `end` add the framing of chunks. */
  chunkedEncoding: boolean;
  readonly maxRequestsOnConnectionReached: boolean;
  readonly _keepAliveTimeout: number;
  readonly _maxRequestsPerSocket: number | null;
}

const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const MIN_STATUS = 200;
const MAX_STATUS = 599;
const SECOND_MS = 1000;

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const UNSAFE_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const LENGTH = /^\d{1,15}$/;

const ORDINARY = 0;
const CONTENT_LENGTH = 1;
const DATE = 2;
/** node:http makes something of it, or it is no name. */
const LEFT_TO_NODE = 3;
type NameKind = typeof ORDINARY | typeof CONTENT_LENGTH | typeof DATE | typeof LEFT_TO_NODE;

const SPECIAL_NAMES: ReadonlyMap<string, NameKind> = new Map([
  ['content-length', CONTENT_LENGTH],
  ['date', DATE],
  ['connection', LEFT_TO_NODE],
  ['keep-alive', LEFT_TO_NODE],
  ['transfer-encoding', LEFT_TO_NODE],
  ['trailer', LEFT_TO_NODE],
  ['expect', LEFT_TO_NODE],
]);
/** Names that backends use are few; spellings of them that are known need not be looked at again. */
const MAX_KNOWN_NAMES = 512;
const MAX_KNOWN_NAME_LENGTH = 64;
const knownNames = new Map<string, NameKind>();

let dateSecond = 0;
let dateLine = '';

/**
 * Gives the response its head, which is written with whatever comes next.
 * @param headers `name, value…`
 * @returns how its body is framed; null where the head is one for node:http, and nothing was done
 */
export function setOwnHead(response: ServerResponse, status: number, headers: readonly string[]): BodyFraming | null {
  const internals = response as unknown as Internals;
  const { req } = response;
  if (status < MIN_STATUS || status > MAX_STATUS || response.headersSent) return null;
  if (req.httpVersion !== '1.1' || req.headers.expect !== undefined || !response.sendDate) return null;
  if (internals.maxRequestsOnConnectionReached || internals._maxRequestsPerSocket) return null;
  if (response.getHeaderNames().length > 0) return null;

  // Joined, since each step of a growing text would be an object of its own.
  const parts = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`];
  let length: string | null = null;
  let hasDate = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    const kind = knownNames.get(name) ?? kindOf(name);
    if (kind !== ORDINARY) {
      if (kind === LEFT_TO_NODE || (kind === CONTENT_LENGTH && (length !== null || !LENGTH.test(value)))) return null;
      if (kind === CONTENT_LENGTH) length = value;
      else hasDate = true;
    }
    if (UNSAFE_VALUE.test(value)) return null;
    parts.push(name, ': ', value, '\r\n');
  }
  if (!hasDate) parts.push(dateNow());
  if (!response.shouldKeepAlive) parts.push('Connection: close\r\n');
  else if (internals._keepAliveTimeout) parts.push(keepAliveFor(internals._keepAliveTimeout));
  else parts.push('Connection: keep-alive\r\n');

  const hasBody = req.method !== 'HEAD' && status !== NO_CONTENT && status !== NOT_MODIFIED;
  const isChunked = hasBody && length === null;
  parts.push(isChunked ? 'Transfer-Encoding: chunked\r\n\r\n' : '\r\n');
  response.statusCode = status;
  internals._header = parts.join('');
  internals._hasBody = hasBody;
  internals._last = !response.shouldKeepAlive;
  internals.chunkedEncoding = isChunked;
  if (!hasBody) return 'none';
  return length === null ? 'chunks' : Number(length);
}

/**
 * Ends a response whose head stands and was not sent, with its whole body, in one write.
 * @param body as octets, one character each
 * @returns false, and nothing was done, where that is not possible or the body is not what its head says
 */
export function endWithWhole(response: ServerResponse, framing: BodyFraming, body: string): boolean {
  const internals = response as unknown as Internals;
  if (internals._headerSent || internals._header === null) return false;
  if (framing === 'chunks') {
    const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
    internals._header += `${chunk}0\r\n\r\n`;
    internals.chunkedEncoding = false;
  } else if (framing !== 'none') {
    if (framing !== body.length) return false;
    internals._header += body;
  }
  response.end();
  return true;
}

function kindOf(name: string): NameKind {
  if (!TOKEN.test(name)) return LEFT_TO_NODE;
  const kind = SPECIAL_NAMES.get(name.toLowerCase()) ?? ORDINARY;
  if (knownNames.size < MAX_KNOWN_NAMES && name.length <= MAX_KNOWN_NAME_LENGTH) {
    // A copy: the name is a slice, which would keep the text of its whole head.
    knownNames.set(Buffer.from(name, 'latin1').toString('latin1'), kind);
  }
  return kind;
}

function dateNow(): string {
  const second = Math.floor(Date.now() / SECOND_MS);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `Date: ${new Date(second * SECOND_MS).toUTCString()}\r\n`;
  }
  return dateLine;
}

let keepAliveMs = 0;
let keepAliveLines = '';

function keepAliveFor(timeoutMs: number): string {
  if (timeoutMs !== keepAliveMs) {
    keepAliveMs = timeoutMs;
    keepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(timeoutMs / SECOND_MS)}\r\n`;
  }
  return keepAliveLines;
}
