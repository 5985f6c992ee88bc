import { MAX_ADDRESS_UNITS } from './body-scanner.ts';
import { AMPERSAND, BACKSLASH, CHARACTER_CLASSES, SLASH, WHITESPACE } from './characters.ts';
import type { Edits } from './edits.ts';
import { type DecodedText, decodeCssEscapes, decodeReferences } from './escapes.ts';
import type { PageLinks } from './page-links.ts';

/** How a value is escaped where it stands. */
export type Escaping = 'references' | 'css';

const HASH = 0x23;
const QUERY = 0x3f;

/** Translates single addresses where they stand: what isn't replaced is never decoded and encoded again. */
export class AddressRewriter {
  readonly links: PageLinks;
  readonly #edits: Edits;

  constructor(links: PageLinks, edits: Edits) {
    this.links = links;
    this.#edits = edits;
  }

  /** Whether what begins with these two units could be an address that has to change. Cheap: most values end here. */
  mayChange(first: number, second: number): boolean {
    switch (first) {
      case SLASH:
        return this.links.movesPaths || second === SLASH || second === AMPERSAND || second === BACKSLASH;
      case 0x68: // h
      case 0x48:
        return second === 0x74 || second === 0x54 || second === AMPERSAND || second === BACKSLASH;
      case 0x77: // w
      case 0x57:
        return second === 0x73 || second === 0x53 || second === AMPERSAND || second === BACKSLASH;
      case AMPERSAND:
      case BACKSLASH:
        return true;
      default:
        return ((CHARACTER_CLASSES[first] as number) & WHITESPACE) !== 0;
    }
  }

  /** Translates the address in `units[start, end)`; white space around it stays. */
  rewrite(units: Buffer, start: number, end: number, escaping: Escaping): void {
    const prefix = this.links.ownPrefix;
    if (prefix !== null && beginsWith(units, start, end, prefix.from)) {
      this.#edits.add(start, start + prefix.from.length, prefix.to);
      return;
    }
    const { raw, from, isEscaped } = readAddress(units, start, end, escaping);
    if (!isEscaped) {
      const edit = this.links.edit(raw);
      if (edit !== null) this.#edits.add(from, from + edit.length, escape(edit.text, escaping));
      return;
    }
    this.#editDecoded(decode(raw, escaping), from, escaping);
  }

  /** Makes the address in an attribute's value the base of those that follow. */
  setBase(units: Buffer, start: number, end: number): void {
    const { raw, isEscaped } = readAddress(units, start, end, 'references');
    this.links.setBase(isEscaped ? decodeReferences(raw).text : raw);
  }

  #editDecoded({ text, offsets }: DecodedText, from: number, escaping: Escaping): void {
    const first = text.search(/[^ \t\r\n\f]/);
    if (first === -1) return;
    const edit = this.links.edit(text.slice(first));
    if (edit === null) return;
    const start = from + (offsets[first] as number);
    this.#edits.add(start, from + (offsets[first + edit.length] as number), escape(edit.text, escaping));
  }
}

/** Addresses that users may be sent to need no other escape: the rest is `%`-encoded already. */
function escape(address: string, escaping: Escaping): string {
  return escaping === 'references' ? address.replaceAll('&', '&amp;') : address;
}

/** What of `units[start, end)` can be what is published, and where it begins. */
function readAddress(
  units: Buffer,
  start: number,
  end: number,
  escaping: Escaping,
): { readonly raw: string; readonly from: number; readonly isEscaped: boolean } {
  let from = start;
  const limit = Math.min(end, start + MAX_ADDRESS_UNITS);
  while (from < limit && ((CHARACTER_CLASSES[units[from] as number] as number) & WHITESPACE) !== 0) from += 1;
  let to = from;
  let isEscaped = false;
  const mark = escaping === 'references' ? AMPERSAND : BACKSLASH;
  for (; to < limit; to += 1) {
    const unit = units[to] as number;
    // What follows is no part of what is published. Behind an escape it may be the escape's own.
    if ((unit === QUERY || unit === HASH) && !isEscaped) break;
    if (unit === mark) isEscaped = true;
  }
  while (to > from && ((CHARACTER_CLASSES[units[to - 1] as number] as number) & WHITESPACE) !== 0) to -= 1;
  return { raw: units.toString('latin1', from, to), from, isEscaped };
}

function decode(raw: string, escaping: Escaping): DecodedText {
  return escaping === 'css' ? decodeCssEscapes(raw) : decodeReferences(raw);
}

function beginsWith(units: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  // From behind: what is not it differs in its host or path, not in its scheme.
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    if (units[start + index] !== prefix[index]) return false;
  }
  return true;
}
