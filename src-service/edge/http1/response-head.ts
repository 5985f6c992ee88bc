import { copyOf } from '../copy-of.ts';
import { EDGE_LIMITS } from '../limits.ts';

/** How the body behind a head is framed. */
export type BodyFraming =
  /** With a `Content-Length` of so many octets. */
  | number
  | 'chunks'
  /** The status or the method has none. */
  | 'none';

export interface ResponseHead {
  readonly text: string;
  readonly framing: BodyFraming;
}

/** Of final responses; above 599 none is known, and some servers have their own. */
const MIN_STATUS = 200;
const MAX_STATUS = 999;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const SECOND_MS = 1000;

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const UNSAFE_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const LENGTH = /^\d{1,15}$/;

const ORDINARY = 0;
const CONTENT_LENGTH = 1;
const DATE = 2;
/** Of a connection, which is ours to speak of. */
const OF_CONNECTION = 3;
const NO_NAME = 4;
type NameKind = typeof ORDINARY | typeof CONTENT_LENGTH | typeof DATE | typeof OF_CONNECTION | typeof NO_NAME;

const SPECIAL_NAMES: ReadonlyMap<string, NameKind> = new Map([
  ['content-length', CONTENT_LENGTH],
  ['date', DATE],
  ['connection', OF_CONNECTION],
  ['keep-alive', OF_CONNECTION],
  ['transfer-encoding', OF_CONNECTION],
  ['upgrade', OF_CONNECTION],
]);
interface HeaderName {
  readonly kind: NameKind;
  /** How its line begins, with the end of the line before: of few parts a text is put together sooner. */
  readonly lineStart: string;
}
/** Names that backends use are few; spellings of them that are known need not be looked at again. */
const MAX_KNOWN_NAMES = 1024;
const MAX_KNOWN_NAME_LENGTH = 64;
const knownNames = new Map<string, HeaderName>();

let dateSecond = 0;
let dateLine = '';
const KEEP_ALIVE_LINES = `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${EDGE_LIMITS.keepAliveTimeoutMs / SECOND_MS}`;
const CLOSE_LINE = '\r\nConnection: close';

/**
 * Puts the head of a response together, octet for octet as node:http does.
 * @param headers `name, value…`
 * @throws TypeError where HTTP can't carry it, as node:http does
 */
export function makeResponseHead(
  status: number,
  reason: string,
  headers: readonly string[],
  { hasBody, isLast }: { readonly hasBody: boolean; readonly isLast: boolean },
): ResponseHead {
  if (!(status >= MIN_STATUS && status <= MAX_STATUS))
    throw new TypeError(`There is no final response with status ${status}.`);
  // Joined, since each step of a growing text would be an object of its own.
  const parts = [`HTTP/1.1 ${status} ${reason}`];
  let length = -1;
  let hasDate = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    const { kind, lineStart } = knownNames.get(name) ?? describeName(name);
    if (kind !== ORDINARY) {
      if (kind === NO_NAME) throw new TypeError('The name of a header is not valid.');
      if (kind === OF_CONNECTION) throw new TypeError(`A response can not set ${name}.`);
      if (kind === CONTENT_LENGTH) {
        if (length !== -1 || !LENGTH.test(value)) throw new TypeError('The length of a response is not one number.');
        length = Number(value);
      } else hasDate = true;
    }
    if (UNSAFE_VALUE.test(value)) throw new TypeError('The value of a header is not valid.');
    parts.push(lineStart, value);
  }
  if (!hasDate) parts.push(dateNow());
  parts.push(isLast ? CLOSE_LINE : KEEP_ALIVE_LINES);
  const isWithBody = hasBody && status !== NO_CONTENT && status !== NOT_MODIFIED;
  const isChunked = isWithBody && length === -1;
  parts.push(isChunked ? '\r\nTransfer-Encoding: chunked\r\n\r\n' : '\r\n\r\n');
  const framing = isWithBody ? (isChunked ? 'chunks' : length) : 'none';
  return { text: parts.join(''), framing };
}

/** @returns null where one can't stand in a message */
export function fieldLines(fields: readonly string[]): string | null {
  let lines = '';
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    const value = fields[index + 1] as string;
    if (!TOKEN.test(name) || UNSAFE_VALUE.test(value)) return null;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function describeName(name: string): HeaderName {
  const kind = TOKEN.test(name) ? (SPECIAL_NAMES.get(name.toLowerCase()) ?? ORDINARY) : NO_NAME;
  const described = { kind, lineStart: copyOf(`\r\n${name}: `) };
  if (kind !== NO_NAME && name.length <= MAX_KNOWN_NAME_LENGTH) {
    // Whoever makes names up costs the others a look at theirs, once.
    if (knownNames.size >= MAX_KNOWN_NAMES) knownNames.clear();
    knownNames.set(copyOf(name), described);
  }
  return described;
}

function dateNow(): string {
  const second = Math.floor(Date.now() / SECOND_MS);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `\r\nDate: ${new Date(second * SECOND_MS).toUTCString()}`;
  }
  return dateLine;
}
