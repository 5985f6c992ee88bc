import { decodeEntities } from '../page-title.ts';

const ICON_RELATION = /(?:^|\s)(?:icon|apple-touch-icon)(?:\s|$)/i;
const LINK = /<link\b[^<>]*>/gi;

/** Where a page has its icon: what it names, resolved, else the usual place. */
export function findIconUrl(html: string, pageUrl: string): string {
  for (const [tag] of html.matchAll(LINK)) {
    const relation = attributeOf(tag, 'rel');
    const href = attributeOf(tag, 'href');
    if (relation === null || href === null || !ICON_RELATION.test(relation)) continue;
    if (URL.canParse(href, pageUrl)) return new URL(href, pageUrl).href;
  }
  return new URL('/favicon.ico', pageUrl).href;
}

function attributeOf(tag: string, name: string): string | null {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value === undefined ? null : decodeEntities(value).trim();
}

/** The type of an image by its first octets, whatever its sender says; null for all else. */
export function sniffImage(bytes: Uint8Array): string | null {
  const starts = (...octets: readonly number[]): boolean => octets.every((octet, index) => bytes[index] === octet);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'image/png';
  if (starts(0x47, 0x49, 0x46, 0x38)) return 'image/gif';
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0x00, 0x00, 0x01, 0x00)) return 'image/x-icon';
  const text = new TextDecoder().decode(bytes.subarray(0, 512));
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  // Within an `img` neither scripts nor addresses of a drawing do anything.
  return /^<svg[\s>]/i.test(text.slice(prologLength(text))) ? 'image/svg+xml' : null;
}

/** Characters before the root of a drawing: white space, comments, declarations. One after the other, in linear time. */
function prologLength(text: string): number {
  const piece = /\s+|<\?xml[^>]*>|<!--[^]*?-->|<!DOCTYPE[^>]*>/iy;
  let length = 0;
  while (piece.test(text)) length = piece.lastIndex;
  return length;
}
