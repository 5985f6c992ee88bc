import { errors } from 'undici';
import { KnownNames } from '../../../src-shared/wire/known-names.ts';
import type { BackendRequest } from '../backend-client.ts';
import { isLineText, isToken } from './message-fields.ts';

/** Methods whose requests say a length even where they have no body (RFC 9110, section 8.6). */
const EXPECTS_BODY = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']);
/** Methods whose body may be of another length than their head says, which then isn't passed on. */
const LENGTH_IS_IDLE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT']);
const NO_PATH = /[^\x21-\xff]/;
const DIGITS = /^\d{1,15}$/;
/** Headers of the hop, which are ours to write. */
const REFUSED = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'expect']);

const ORDINARY = 0;
const HOST = 1;
const CONTENT_LENGTH = 2;
const CONNECTION = 3;
const NONE = 4;
const KINDS: ReadonlyMap<string, number> = new Map([
  ['host', HOST],
  ['content-length', CONTENT_LENGTH],
  ['connection', CONNECTION],
]);
interface HeaderName {
  readonly kind: number;
  /** How its line begins, with the end of the line before: of few parts a text is put together sooner. */
  readonly lineStart: string;
}
const names = new KnownNames((name): HeaderName => {
  const lower = name.toLowerCase();
  const kind = !isToken(name) || REFUSED.has(lower) ? NONE : (KINDS.get(lower) ?? ORDINARY);
  return { kind, lineStart: `\r\n${name}: ` };
});

/** A head as it is written. */
export interface RequestText {
  /** With its empty line. */
  readonly text: string;
  /** Octets of the body; null where it goes in chunks. */
  readonly bodyBytes: number | null;
  /** Whether the backend was told that no other request follows. */
  readonly saysClose: boolean;
}

/** Writes a request head. @throws errors.UndiciError where what it is made of would not make one */
export function writeRequestHead(request: BackendRequest): RequestText {
  const { method, path, headers, body } = request;
  if (!isToken(method)) throw new errors.InvalidArgumentError('invalid request method');
  if (!path.startsWith('/') || NO_PATH.test(path)) throw new errors.InvalidArgumentError('invalid request path');
  let host: string | null = null;
  let statedBytes: number | null = null;
  // Servers have been seen to send a body with the answer to HEAD, and to leave unread one that they didn't expect: no other
  // request comes behind.
  let saysClose = request.endsConnection ?? (method === 'HEAD' || (body !== null && !EXPECTS_BODY.has(method)));
  // Joined, since each step of a growing text would be an object of its own; the first is the line of the request.
  const parts = [''];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    const { kind, lineStart } = names.of(name);
    if (kind === NONE || !isLineText(value)) throw new errors.InvalidArgumentError(`invalid ${name} header`);
    if (kind === HOST) {
      if (host !== null) throw new errors.InvalidArgumentError('duplicate host header');
      host = value;
      continue;
    }
    if (kind === CONTENT_LENGTH) {
      if (statedBytes !== null || !DIGITS.test(value))
        throw new errors.InvalidArgumentError('invalid content-length header');
      statedBytes = Number(value);
      continue;
    }
    if (kind === CONNECTION) {
      saysClose ||= /(?:^|,)\s*close\s*(?:,|$)/i.test(value);
      continue;
    }
    parts.push(lineStart, value);
  }
  if (host === null) throw new errors.InvalidArgumentError('no host header');
  const bodyBytes = body === null ? 0 : Buffer.isBuffer(body) ? body.length : statedBytes;
  if (Buffer.isBuffer(body) && statedBytes !== null && statedBytes !== bodyBytes && !LENGTH_IS_IDLE.has(method))
    throw new errors.RequestContentLengthMismatchError();
  if (bodyBytes === null) parts.push('\r\ntransfer-encoding: chunked\r\n\r\n');
  // Where the user said that there is none, the backend may want to hear it (BITS_POST begins with that).
  else if (bodyBytes > 0 || statedBytes === 0 || EXPECTS_BODY.has(method))
    parts.push(`\r\ncontent-length: ${bodyBytes}\r\n\r\n`);
  else parts.push('\r\n\r\n');
  const connection = saysClose ? 'close' : 'keep-alive';
  parts[0] = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${connection}`;
  return {
    text: parts.join(''),
    bodyBytes,
    saysClose,
  };
}
