import { PosternError } from '../errors/postern-error.ts';
import { decodeFields, encodeFields } from './fields.ts';

const COLON = 0x3a;

/**
 * The heads that open and answer a stream, as typed objects and as field lists. Pseudo-fields (names that begin with
 * `:`) come first and carry what HTTP has no header for; unknown ones are ignored, so that either end may be newer.
 */

/** A request as the service hands it to a connector. */
export interface RequestHead {
  readonly method: string;
  /** Origin-form target, exactly as the user sent it: path and query. */
  readonly target: string;
  /** Scheme that the user used. */
  readonly scheme: 'http' | 'https';
  /** The external host, with its port where it isn't the default one. */
  readonly authority: string;
  readonly applicationId: string;
  readonly activityId: string;
  /** Address of the user's client, as the service believes it. */
  readonly remoteAddress: string;
  /** `oid` or `sub` of the signed-in user, any Unicode; null without pre-authentication. */
  readonly userId: string | null;
  /** Name to show for the user, any Unicode; null without pre-authentication. */
  readonly userName: string | null;
  /** Whether the user asked to switch protocols; `headers` then keep `Upgrade` and `Connection`. */
  readonly isUpgrade: boolean;
  /** Names the user's connection where the backend's is tied to it (NTLM, Negotiate); null or absent everywhere else. */
  readonly connectionId?: string | null;
  /** `name, value, name, value…` in the order and number in which they came; hop-by-hop ones already removed. */
  readonly headers: readonly string[];
}

/** A response as the connector hands it to the service. 1xx heads but 101 are informational and come before the final one. */
export interface ResponseHead {
  readonly status: number;
  /** `name, value, name, value…`, as in `RequestHead`. */
  readonly headers: readonly string[];
}

/** Encodes a request head as a header block. Values are octets: a character above U+00FF is refused but in `userId` and `userName`. */
export function encodeRequestHead(head: RequestHead): Uint8Array {
  const pseudo = [
    ':method',
    head.method,
    ':target',
    head.target,
    ':scheme',
    head.scheme,
    ':authority',
    head.authority,
    ':application',
    head.applicationId,
    ':activity-id',
    head.activityId,
    ':remote-address',
    head.remoteAddress,
  ];
  if (head.userId !== null) pseudo.push(':user-id', encodePercent(head.userId));
  if (head.userName !== null) pseudo.push(':user-name', encodePercent(head.userName));
  if (head.isUpgrade) pseudo.push(':upgrade', '1');
  if (typeof head.connectionId === 'string') pseudo.push(':connection', head.connectionId);
  return encodeFields(pseudo, head.headers);
}

/** Decodes a request head. @throws PosternError `TUNNEL_PROTOCOL` when a needed pseudo-field is missing or the block is malformed. */
export function decodeRequestHead(block: Uint8Array): RequestHead {
  const fields = decodeFields(block);
  const start = pseudoFieldsEnd(fields);
  let method: string | null = null;
  let target: string | null = null;
  let scheme: string | null = null;
  let authority: string | null = null;
  let applicationId: string | null = null;
  let activityId: string | null = null;
  let remoteAddress: string | null = null;
  let userId: string | null = null;
  let userName: string | null = null;
  let connectionId: string | null = null;
  let isUpgrade = false;
  // In one pass; of two by one name the last counts.
  for (let index = 0; index < start; index += 2) {
    const value = fields[index + 1] ?? '';
    switch (fields[index]) {
      case ':method':
        method = value;
        break;
      case ':target':
        target = value;
        break;
      case ':scheme':
        scheme = value;
        break;
      case ':authority':
        authority = value;
        break;
      case ':application':
        applicationId = value;
        break;
      case ':activity-id':
        activityId = value;
        break;
      case ':remote-address':
        remoteAddress = value;
        break;
      case ':user-id':
        userId = value;
        break;
      case ':user-name':
        userName = value;
        break;
      case ':upgrade':
        isUpgrade = value === '1';
        break;
      case ':connection':
        connectionId = value;
        break;
      default: // Of a newer version.
    }
  }
  if (scheme !== 'http' && scheme !== 'https') throw missing(':scheme');
  return {
    method: method ?? fail(':method'),
    target: target ?? fail(':target'),
    scheme,
    authority: authority ?? fail(':authority'),
    applicationId: applicationId ?? fail(':application'),
    activityId: activityId ?? fail(':activity-id'),
    remoteAddress: remoteAddress ?? fail(':remote-address'),
    userId: userId === null ? null : decodePercent(userId, ':user-id'),
    userName: userName === null ? null : decodePercent(userName, ':user-name'),
    isUpgrade,
    connectionId,
    headers: fields.slice(start),
  };
}

/** Encodes a response head as a header block. */
export function encodeResponseHead(head: ResponseHead): Uint8Array {
  return encodeFields([':status', String(head.status)], head.headers);
}

/** Decodes a response head. @throws PosternError `TUNNEL_PROTOCOL` when the status isn't 100–999 or the block is malformed. */
export function decodeResponseHead(block: Uint8Array): ResponseHead {
  const fields = decodeFields(block);
  const start = pseudoFieldsEnd(fields);
  const text = pseudoField(fields, start, ':status') ?? '';
  if (!/^[1-9]\d\d$/.test(text)) throw missing(':status');
  return { status: Number(text), headers: fields.slice(start) };
}

/** Where the pseudo-fields end and the headers begin. */
function pseudoFieldsEnd(fields: readonly string[]): number {
  let index = 0;
  while (index < fields.length && fields[index]?.charCodeAt(0) === COLON) index += 2;
  return index;
}

/** The last pseudo-field of that name, or null. */
function pseudoField(fields: readonly string[], end: number, name: string): string | null {
  for (let index = end - 2; index >= 0; index -= 2) {
    if (fields[index] === name) return fields[index + 1] ?? '';
  }
  return null;
}

/** JSON of an identity provider may hold half a character. */
function encodePercent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function decodePercent(text: string, field: string): string {
  // Most need no escapes, and stay the one text that all requests of the user share.
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw missing(field);
  }
}

function missing(name: string): PosternError {
  return new PosternError('TUNNEL_PROTOCOL', {
    message: `The head of a stream has no valid ${name}.`,
  });
}

function fail(name: string): never {
  throw missing(name);
}
