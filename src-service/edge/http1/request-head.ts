import type { IncomingHttpHeaders } from 'node:http';
import { copyOf } from '../copy-of.ts';

/** The head of a user's request that can be read in one way only. */
export interface RequestHead {
  readonly method: string;
  /** Origin-form, as it was sent. */
  readonly url: string;
  /** `name, value, name, value…` as they were sent. */
  readonly rawHeaders: string[];
  /** By name in lower case, as node:http gives them. */
  readonly headers: IncomingHttpHeaders;
  /** Octets of the body behind it. */
  readonly bodyBytes: number;
  /** Whether the connection lives on behind the response. */
  readonly isKeptAlive: boolean;
}

/**
 * What is read here: a request line of a method in capitals, an absolute path and HTTP/1.1, and fields of which each is a token, a
 * colon and visible octets, with CR LF behind each. One after the other matches at most one way, so this takes linear time.
 * node:http knows a list of methods, on which those of Configuration Manager (`CCM_POST`), BITS (`BITS_POST`) and RPC over HTTP
 * (`RPC_IN_DATA`) are not (ADR 0051).
 */
const ORDINARY_HEAD =
  /^(?!CONNECT )[A-Z][A-Z\d_-]{0,23} \/[\x21-\x7e]* HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)+\r\n$/;
/** The beginning of such a head, whose request line is there. */
const ORDINARY_LINES =
  /^(?!CONNECT )[A-Z][A-Z\d_-]{0,23} \/[\x21-\x7e]* HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+(?::[\t\x20-\x7e\x80-\xff]*)?)?\r?$/;
/** The beginning of its request line. */
const ORDINARY_LINE = /^(?!CONNECT )[A-Z][A-Z\d_-]{0,23}(?: (?:\/[\x21-\x7e]*(?: [HTP/1.]{0,8}\r?)?)?)?$/;
const LENGTH = /^\d{1,15}$/;

/** Of heads up to this size values are parts; what is kept of one keeps all of it. Of larger ones they are copies. */
const MAX_SHARED_BYTES = 2048;

const SPACE = 0x20;
const TAB = 0x09;
const VERSION_LENGTH = ' HTTP/1.1'.length;

/** Several fields of a name are joined by a comma. */
const LISTED = 0;
/** By a semicolon. */
const CRUMBS = 1;
/** The first one counts; node:http drops the others of the sort. */
const FIRST = 2;
const HOST = 3;
const CONTENT_LENGTH = 4;
const CONNECTION = 5;
/** They frame the message, switch protocols, or node:http makes something else of them. */
const LEFT_TO_NODE = 6;
type NameKind =
  | typeof LISTED
  | typeof CRUMBS
  | typeof FIRST
  | typeof HOST
  | typeof CONTENT_LENGTH
  | typeof CONNECTION
  | typeof LEFT_TO_NODE;

const KINDS: ReadonlyMap<string, NameKind> = new Map<string, NameKind>([
  ['cookie', CRUMBS],
  ...[
    'age',
    'authorization',
    'content-type',
    'etag',
    'expires',
    'from',
    'if-modified-since',
    'if-unmodified-since',
    'last-modified',
    'location',
    'max-forwards',
    'proxy-authorization',
    'referer',
    'retry-after',
    'server',
    'user-agent',
  ].map((name) => [name, FIRST] as const),
  ['host', HOST],
  ['content-length', CONTENT_LENGTH],
  ['connection', CONNECTION],
  ...['transfer-encoding', 'upgrade', 'expect', 'proxy-connection', 'set-cookie', '__proto__'].map(
    (name) => [name, LEFT_TO_NODE] as const,
  ),
]);

/** What the name of a field says. */
interface FieldName {
  /** As it was sent; a text of its own, not a part of its head. */
  readonly spelling: string;
  readonly lower: string;
  readonly kind: NameKind;
}

/** Names in the spellings that clients use: a few, so that each need not be looked at in every request. */
const MAX_KNOWN_NAMES = 1024;
const MAX_KNOWN_NAME_LENGTH = 64;
const knownNames = new Map<string, FieldName>();

function describeName(name: string): FieldName {
  const spelling = copyOf(name);
  const lower = spelling.toLowerCase();
  const description = { spelling, lower, kind: KINDS.get(lower) ?? LISTED };
  if (name.length <= MAX_KNOWN_NAME_LENGTH) {
    // Whoever makes names up costs the others a look at theirs, once.
    if (knownNames.size >= MAX_KNOWN_NAMES) knownNames.clear();
    knownNames.set(spelling, description);
  }
  return description;
}

/**
 * Reads a head that is ordinary. Pure. All that could be read in more than one way, has another framing than a length, or asks
 * for more than a response is left to node:http, which reads or refuses it.
 *
 * @param text the whole head, one character per octet, with the empty line at its end
 * @returns null where the head is one for node:http
 */
export function readRequestHead(text: string): RequestHead | null {
  if (!ORDINARY_HEAD.test(text)) return null;
  const methodEnd = text.indexOf(' ');
  const lineEnd = text.indexOf('\r\n');
  const headers: IncomingHttpHeaders = {};
  const rawHeaders: string[] = [];
  let hasHost = false;
  let bodyBytes = -1;
  let isKeptAlive = true;
  const end = text.length - 2;
  const isShared = text.length <= MAX_SHARED_BYTES;
  for (let at = lineEnd + 2; at < end;) {
    const colon = text.indexOf(':', at);
    const valueEnd = text.indexOf('\r\n', colon);
    const name = text.slice(at, colon);
    const { spelling, lower, kind } = knownNames.get(name) ?? describeName(name);
    const part = valueBetween(text, colon + 1, valueEnd);
    const value = isShared ? part : copyOf(part);
    at = valueEnd + 2;
    rawHeaders.push(spelling, value);
    switch (kind) {
      case LISTED:
      case CRUMBS: {
        const before = headers[lower];
        headers[lower] = typeof before === 'string' ? before + (kind === LISTED ? ', ' : '; ') + value : value;
        break;
      }
      case FIRST:
        headers[lower] ??= value;
        break;
      case HOST:
        if (hasHost) return null;
        hasHost = true;
        headers.host = value;
        break;
      case CONTENT_LENGTH:
        if (bodyBytes !== -1 || !LENGTH.test(value)) return null;
        bodyBytes = Number(value);
        headers['content-length'] = value;
        break;
      case CONNECTION:
        if (headers.connection !== undefined) return null;
        headers.connection = value;
        if (value === 'close') isKeptAlive = false;
        else if (value !== 'keep-alive' && value !== 'Keep-Alive') return null;
        break;
      case LEFT_TO_NODE:
        return null;
    }
  }
  if (!hasHost) return null;
  const url = text.slice(methodEnd + 1, lineEnd - VERSION_LENGTH);
  return {
    method: methodOf(text, methodEnd),
    url: isShared ? url : copyOf(url),
    rawHeaders,
    headers,
    bodyBytes: bodyBytes === -1 ? 0 : bodyBytes,
    isKeptAlive,
  };
}

/** Whether what is to come can make an ordinary head of what there is. */
export function isOrdinaryBeginning(text: string): boolean {
  return text.includes('\n') ? ORDINARY_LINES.test(text) : ORDINARY_LINE.test(text);
}

/** Without the space about it, of which there is one octet in front as a rule (RFC 9112 section 5). */
function valueBetween(text: string, start: number, end: number): string {
  let first = start;
  let last = end;
  while (first < last && isSpace(text.charCodeAt(first))) first += 1;
  while (last > first && isSpace(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(first, last);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

function methodOf(text: string, end: number): string {
  if (end === 3 && text.startsWith('GET')) return 'GET';
  return text.slice(0, end);
}
