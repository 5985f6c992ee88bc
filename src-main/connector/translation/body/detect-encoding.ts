/** How much of a page may come before what names its encoding (HTML Standard, section 13.2.3.2). */
const PRESCAN_OCTETS = 1024;
const META_CHARSET = /<meta[^>]*?charset\s*=\s*["']?\s*([\w:.-]+)[^\w:.-]|<body[\s>]/i;
const CSS_CHARSET = /^@charset "([^"]*)";/;

/**
 * The encoding of a body from what has come of it: by its byte order mark, else as the header says, else as the text itself.
 * @param header the `charset` of `Content-Type`, null where it has none.
 * @returns undefined where more must come; null where nothing names one.
 */
export function detectEncoding(
  octets: Buffer,
  header: string | null,
  kind: 'html' | 'css' | 'script',
  isLast: boolean,
): string | null | undefined {
  const mark = octets[0];
  if (mark === 0xff || mark === 0xfe || mark === 0xef) {
    if (octets.length < 3 && !isLast) return undefined;
    if (mark === 0xff && octets[1] === 0xfe) return 'utf-16le';
    if (mark === 0xfe && octets[1] === 0xff) return 'utf-16be';
    if (mark === 0xef && octets[1] === 0xbb && octets[2] === 0xbf) return 'utf-8';
  }
  if (header !== null) return header;
  if (octets.length === 0 && !isLast) return undefined;
  if (kind === 'script') return null;
  const text = octets.toString('latin1', 0, PRESCAN_OCTETS);
  const match = (kind === 'css' ? CSS_CHARSET : META_CHARSET).exec(text);
  if (match !== null) return inAscii(match[1] ?? null);
  const isUndecided = kind === 'html' ? text.length < PRESCAN_OCTETS : '@charset "'.startsWith(text.slice(0, 10));
  return isUndecided && text.length < PRESCAN_OCTETS && !isLast ? undefined : null;
}

/** A text that can be read as ASCII is no UTF-16, whatever it says. */
function inAscii(label: string | null): string | null {
  return label !== null && /^utf-16/i.test(label) ? 'utf-8' : label;
}
