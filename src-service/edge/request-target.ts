import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';
import { EDGE_LIMITS } from './limits.ts';

/**
 * A request target as the edge understands it (RFC 9112 section 3.2). The decision which application is meant uses
 * `readings`; what goes to the backend is `target`, untouched.
 */
export interface RequestTarget {
  /** Origin-form, exactly as it was sent: path and query. */
  readonly target: string;
  /** The path as it was sent, still percent-encoded, without the query. */
  readonly path: string;
  /** With its `?`; empty where there is none. */
  readonly query: string;
  /**
   * What servers could take the path for, as octets (one character each): decoded once with encoded separators left
   * alone, and, where it differs, as the most generous server reads it. Both must lead to the same application, or the
   * target is refused (ADR 0007).
   */
  readonly readings: readonly [string, ...string[]];
}

/**
 * Visible ASCII and raw high octets, but no `#`, which no client may send, and in the path no backslash, which some read as `/`.
 * Behind the `?` it is one character like any other, and browsers send it as it is (`?file=C:\temp`).
 */
const ALLOWED_TARGET = /^[\x21\x22\x24-\x3e\x40-\x5b\x5d-\x7e\x80-\xff]+(?:\?[\x21\x22\x24-\x7e\x80-\xff]*)?$/;
/** A path in which each server reads the same: nothing encoded, no parameters, no empty or dot segments. */
const PLAIN_PATH = /^(?:\/[\w\-~!$&'()*+,=:@][\w\-.~!$&'()*+,=:@]*)*\/?$/;
const BROKEN_ESCAPE = /%(?![\da-f]{2})/i;
const ESCAPED_SEPARATOR = /%(2f|5c)/gi;
/** Octets that spell an ASCII character in more octets than UTF-8 allows (RFC 3629 section 3), as `C0 AE` for a dot. */
const OVERLONG = /[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}/;
// oxlint-disable-next-line no-control-regex -- control octets are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/;
const DOT_SEGMENT = /\/\.{1,2}(?=\/|$)/;
/** `%252525…`: nobody needs more layers than this, and each costs a pass. */
const MAX_DECODING_PASSES = 4;

/**
 * Reads a request target strictly. Pure.
 *
 * @param raw the second word of the request line, one character per octet
 * @param authority the value of Host; an absolute-form target must name the same one
 * @returns null when the target is malformed, or could be read as leaving its directory: answer EDGE_BAD_TARGET
 */
export function parseRequestTarget(raw: string, authority: string): RequestTarget | null {
  if (raw.length > EDGE_LIMITS.maxTargetBytes || !ALLOWED_TARGET.test(raw)) return null;
  const target = raw.startsWith('/') ? raw : originForm(raw, authority);
  // A backend that resolves `//host/x` against a base would take `host` for another server.
  if (target === null || target.startsWith('//')) return null;
  const queryStart = target.indexOf('?');
  const path = queryStart === -1 ? target : target.slice(0, queryStart);
  const query = queryStart === -1 ? '' : target.slice(queryStart);
  if (PLAIN_PATH.test(path)) return { target, path, query, readings: [path] };

  if (BROKEN_ESCAPE.test(path)) return null;
  const plain = decodeOctets(path.replace(ESCAPED_SEPARATOR, '%25$1'));
  const generous = readGenerously(path);
  if (generous === null) return null;
  return { target, path, query, readings: plain === generous ? [plain] : [plain, generous] };
}

/** Absolute-form (RFC 9112 section 3.2.2) names its host twice; accepted only when both agree. */
function originForm(raw: string, authority: string): string | null {
  const match = /^https?:\/\/([^/?]+)(\/.*)?$/i.exec(raw);
  if (match?.[1] === undefined || match[1].toLowerCase() !== authority.toLowerCase()) return null;
  return match[2] ?? '/';
}

/**
 * The path as the most generous server reads it: decoded until nothing is left to decode, the backslash as `/`,
 * parameters (`;…`) cut off, empty segments merged. Null where that shows a dot segment or a control octet.
 */
function readGenerously(sentPath: string): string | null {
  let path = sentPath;
  for (let pass = 0; ; pass++) {
    if (CONTROL.test(path) || OVERLONG.test(path)) return null;
    const next = decodeOctets(path);
    if (next === path) break;
    if (pass === MAX_DECODING_PASSES) return null;
    path = next;
  }
  const merged = path
    .replaceAll('\\', '/')
    .replace(/;[^/]*/g, '')
    .replace(/\/{2,}/g, '/');
  return DOT_SEGMENT.test(merged) ? null : merged;
}
