import { markTag } from './entity-tags.ts';
import { CONTENT_CODINGS } from './translated-request.ts';

export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';
export type BodyKind = 'html' | 'xhtml' | 'css' | 'script';

/** What a response's head says about its body, where that is to be translated. */
export interface TranslatableBody {
  readonly kind: BodyKind;
  readonly charset: string | null;
  /** Null: as it is. */
  readonly coding: ContentCoding | null;
}

/** By media type. */
const KINDS: Readonly<Record<string, BodyKind>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'xhtml',
  'text/css': 'css',
};
/** Where scripts are translated as well (RFC 9239, RFC 8259, RFC 6839). */
const SCRIPT =
  /^(?:(?:text|application)\/(?:x-)?(?:java|ecma)script|(?:text|application)\/json|[\w.+-]+\/[\w.+-]+\+json)$/;
const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i;

/** What the octets of a body were promised to be, and no longer are. */
const ABOUT_OCTETS = new Set([
  'content-length',
  'accept-ranges',
  'content-md5',
  'digest',
  'repr-digest',
  'content-digest',
]);

/**
 * How the body of a response is to be translated; null: not at all. A part of a body (206) is never touched, since it can
 * be no part of the translated whole; nor is a download, which should be what was stored; nor what can't be decoded.
 */
export function findTranslatableBody(
  status: number,
  headers: readonly string[],
  isInScripts: boolean,
): TranslatableBody | null {
  if (status < 200 || status === 204 || status === 205 || status === 206 || status === 304) return null;
  let type: string | null = null;
  let coding = '';
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const value = headers[index + 1] as string;
    switch ((headers[index] as string).toLowerCase()) {
      case 'content-type':
        if (type !== null) return null;
        type = value;
        break;
      case 'content-encoding':
        coding += `${coding === '' ? '' : ','}${value.trim().toLowerCase()}`;
        break;
      case 'content-disposition':
        if (/^\s*attachment/i.test(value)) return null;
        break;
    }
  }
  if (type === null) return null;
  const mediaType = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const kind = KINDS[mediaType] ?? (isInScripts && SCRIPT.test(mediaType) ? 'script' : null);
  if (kind === null) return null;
  const isCoded = coding !== '' && coding !== 'identity';
  if (isCoded && !(CONTENT_CODINGS as readonly string[]).includes(coding)) return null;
  const [, quoted, bare] = CHARSET.exec(type) ?? [];
  const known = (coding === 'x-gzip' ? 'gzip' : coding) as ContentCoding;
  return { kind, charset: quoted ?? bare ?? null, coding: isCoded ? known : null };
}

/** The headers of a response whose body is translated: no length, no digest, no ranges, and a marked entity tag. */
export function translateBodyHeaders(headers: readonly string[], mark: string): string[] {
  const result: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    const lowerName = name.toLowerCase();
    if (ABOUT_OCTETS.has(lowerName)) continue;
    if (lowerName !== 'etag') {
      result.push(name, value);
      continue;
    }
    const tag = markTag(value, mark);
    if (tag !== null) result.push(name, tag);
  }
  return result;
}

/** The headers of a 304 about a response that was translated: its entity tag is the one that the user knows. */
export function markNotModified(headers: readonly string[], mark: string, unmarkedTags: readonly string[]): string[] {
  return headers.map((value, index) => {
    const isTag = index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'etag';
    return isTag && unmarkedTags.some((tag) => isSameTag(tag, value)) ? (markTag(value, mark) ?? value) : value;
  });
}

/** Weak comparison (RFC 9110, section 8.8.3.2). */
function isSameTag(left: string, right: string): boolean {
  return left.replace(/^W\//, '') === right.trim().replace(/^W\//, '');
}
