import { PosternError } from '../errors/postern-error.ts';
import { decodeFields, encodeFields } from './fields.ts';

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
  /** `oid` or `sub` of the signed-in user; null without pre-authentication. */
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

/** Encodes a request head as a header block. Values are octets: a character above U+00FF is refused but in `userName`. */
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
  if (head.userId !== null) pseudo.push(':user-id', head.userId);
  if (head.userName !== null) pseudo.push(':user-name', encodeURIComponent(head.userName));
  if (head.isUpgrade) pseudo.push(':upgrade', '1');
  if (typeof head.connectionId === 'string') pseudo.push(':connection', head.connectionId);
  return encodeFields(pseudo, head.headers);
}

/** Decodes a request head. @throws PosternError `TUNNEL_PROTOCOL` when a needed pseudo-field is missing or the block is malformed. */
export function decodeRequestHead(block: Uint8Array): RequestHead {
  const fields = decodeFields(block);
  const pseudo = new Map<string, string>();
  const start = takePseudoFields(fields, pseudo);
  const scheme = pseudo.get(':scheme');
  const userName = pseudo.get(':user-name');
  if (scheme !== 'http' && scheme !== 'https') throw missing(':scheme');
  return {
    method: pseudo.get(':method') ?? fail(':method'),
    target: pseudo.get(':target') ?? fail(':target'),
    scheme,
    authority: pseudo.get(':authority') ?? fail(':authority'),
    applicationId: pseudo.get(':application') ?? fail(':application'),
    activityId: pseudo.get(':activity-id') ?? fail(':activity-id'),
    remoteAddress: pseudo.get(':remote-address') ?? fail(':remote-address'),
    userId: pseudo.get(':user-id') ?? null,
    userName: userName === undefined ? null : decodePercent(userName),
    isUpgrade: pseudo.get(':upgrade') === '1',
    connectionId: pseudo.get(':connection') ?? null,
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
  const pseudo = new Map<string, string>();
  const start = takePseudoFields(fields, pseudo);
  const text = pseudo.get(':status') ?? '';
  if (!/^[1-9]\d\d$/.test(text)) throw missing(':status');
  return { status: Number(text), headers: fields.slice(start) };
}

function takePseudoFields(fields: readonly string[], into: Map<string, string>): number {
  let index = 0;
  for (; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (!name.startsWith(':')) break;
    into.set(name, fields[index + 1] ?? '');
  }
  return index;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw missing(':user-name');
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
