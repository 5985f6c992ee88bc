import { errors } from 'undici';
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
  let lines = '';
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    if (!isToken(name) || !isLineText(value)) throw new errors.InvalidArgumentError(`invalid ${name} header`);
    switch (name.length) {
      case 4:
        if (name.toLowerCase() !== 'host') break;
        if (host !== null) throw new errors.InvalidArgumentError('duplicate host header');
        host = value;
        continue;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (statedBytes !== null || !DIGITS.test(value))
          throw new errors.InvalidArgumentError('invalid content-length header');
        statedBytes = Number(value);
        continue;
      case 10:
        if (name.toLowerCase() === 'connection') {
          saysClose ||= /(?:^|,)\s*close\s*(?:,|$)/i.test(value);
          continue;
        }
    }
    if (REFUSED.has(name.toLowerCase())) throw new errors.InvalidArgumentError(`invalid ${name} header`);
    lines += `${name}: ${value}\r\n`;
  }
  if (host === null) throw new errors.InvalidArgumentError('no host header');
  const bodyBytes = body === null ? 0 : Buffer.isBuffer(body) ? body.length : statedBytes;
  if (Buffer.isBuffer(body) && statedBytes !== null && statedBytes !== bodyBytes && !LENGTH_IS_IDLE.has(method))
    throw new errors.RequestContentLengthMismatchError();
  let framing = '';
  if (bodyBytes === null) framing = 'transfer-encoding: chunked\r\n';
  else if (bodyBytes > 0 || EXPECTS_BODY.has(method)) framing = `content-length: ${bodyBytes}\r\n`;
  const connection = saysClose ? 'close' : 'keep-alive';
  return {
    text: `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${connection}\r\n${lines}${framing}\r\n`,
    bodyBytes,
    saysClose,
  };
}
