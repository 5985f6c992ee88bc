import type { AddressRewriter } from './address-rewriter.ts';
import type { BodyScanner } from './body-scanner.ts';
import { AMPERSAND, CLOSE_PARENTHESIS, COMMA, isSpace, OPEN_PARENTHESIS } from './characters.ts';
import type { Edits } from './edits.ts';
import { decodeReferences } from './escapes.ts';

/** `5; url=`, as browsers read it (HTML Standard, shared declarative refresh steps). */
const REFRESH = /^[ \t\r\n\f]*[\d.]+[ \t\r\n\f]*[;, \t\r\n\f][ \t\r\n\f]*(?:url[ \t\r\n\f]*=[ \t\r\n\f]*)?["']?/i;
const COMMA_OR_SPACE = /[,\s]/;

/** Translates the addresses of `srcset`: each followed by descriptors, up to a comma (HTML Standard, section 4.8.4.3.10). */
export function rewriteSourceSet(units: Buffer, start: number, end: number, rewriter: AddressRewriter): void {
  let at = start;
  while (at < end) {
    while (at < end && (isSpace(units[at] as number) || units[at] === COMMA)) at += 1;
    const from = at;
    while (at < end && !isSpace(units[at] as number)) at += 1;
    let to = at;
    while (to > from && units[to - 1] === COMMA) to -= 1;
    if (to > from) rewriteWhere(units, from, to, rewriter);
    if (to !== at) continue;
    for (let depth = 0; at < end; at += 1) {
      const unit = units[at] as number;
      if (unit === OPEN_PARENTHESIS) depth += 1;
      else if (unit === CLOSE_PARENTHESIS && depth > 0) depth -= 1;
      else if (unit === COMMA && depth === 0) break;
    }
  }
}

/** Translates a list of addresses with white space or commas between them (`ping`, `archive`). */
export function rewriteList(units: Buffer, start: number, end: number, rewriter: AddressRewriter): void {
  let from = start;
  for (let at = start; at <= end; at += 1) {
    if (at < end && !COMMA_OR_SPACE.test(String.fromCharCode(units[at] as number))) continue;
    if (at > from) rewriteWhere(units, from, at, rewriter);
    from = at + 1;
  }
}

/** Translates what `meta content` holds: the address of a refresh, or an absolute address (`og:url` and the like). */
export function rewriteMetaContent(units: Buffer, start: number, end: number, rewriter: AddressRewriter): void {
  const refresh = REFRESH.exec(units.toString('latin1', start, end));
  if (refresh !== null) rewriteWhere(units, start + refresh[0].length, end, rewriter);
  else if (units[start] !== 0x2f) rewriteWhere(units, start, end, rewriter);
}

/**
 * Has a scanner look at an attribute's value, with its character references resolved for it.
 * @param edits the scanner's own.
 * @param target those of the page.
 */
export function scanValue(
  units: Buffer,
  start: number,
  end: number,
  scanner: BodyScanner,
  edits: Edits,
  target: Edits,
): void {
  edits.clear();
  if (!includes(units, AMPERSAND, start, end)) {
    scanner.scan(units, start, end, true);
    for (let index = 0; index < edits.count; index += 1) {
      target.add(edits.starts[index] as number, edits.ends[index] as number, asAttribute(edits.texts[index] as string));
    }
    return;
  }
  const { text, offsets } = decodeReferences(units.toString('latin1', start, end));
  // A character beyond Latin-1 must not be taken for what its low octet would be.
  scanner.scan(Buffer.from(text.replaceAll('\uFFFD', '\u0080'), 'latin1'), 0, text.length, true);
  for (let index = 0; index < edits.count; index += 1) {
    const from = offsets[edits.starts[index] as number] as number;
    const to = offsets[edits.ends[index] as number] as number;
    target.add(start + from, start + to, asAttribute(edits.texts[index] as string));
  }
}

function rewriteWhere(units: Buffer, from: number, to: number, rewriter: AddressRewriter): void {
  if (rewriter.mayChange(units[from] as number, units[from + 1] ?? 0)) {
    rewriter.rewrite(units, from, to, 'references');
  }
}

function asAttribute(text: string): string {
  return text.replaceAll('&', '&amp;');
}

function includes(units: Buffer, code: number, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if (units[index] === code) return true;
  return false;
}
