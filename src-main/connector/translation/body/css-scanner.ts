import type { AddressRewriter } from './address-rewriter.ts';
import { type BodyScanner, MAX_ADDRESS_UNITS } from './body-scanner.ts';
import {
  ASTERISK,
  AT,
  BACKSLASH,
  CARRIAGE_RETURN,
  CHARACTER_CLASSES,
  CLOSE_BRACE,
  CLOSE_PARENTHESIS,
  DOUBLE_QUOTE,
  FORM_FEED,
  HYPHEN,
  LETTER,
  LINE_FEED,
  OPEN_BRACE,
  OPEN_PARENTHESIS,
  SEMICOLON,
  SINGLE_QUOTE,
  SLASH,
  startsWithIgnoringCase,
  WHITESPACE,
} from './characters.ts';

type State = 'text' | 'comment' | 'string' | 'urlStart' | 'url' | 'address';

/** What ends a run of uninteresting units in a style sheet. */
const SPECIAL = makeSet([
  SLASH,
  DOUBLE_QUOTE,
  SINGLE_QUOTE,
  OPEN_PARENTHESIS,
  CLOSE_PARENTHESIS,
  AT,
  BACKSLASH,
  SEMICOLON,
  OPEN_BRACE,
  CLOSE_BRACE,
]);
const ENDS_STRING = makeSet([DOUBLE_QUOTE, SINGLE_QUOTE, BACKSLASH, LINE_FEED, FORM_FEED, CARRIAGE_RETURN]);
const IMPORT = 'import';
/** Functions whose strings are addresses, and `url` itself, whose bare text is one, too. */
const LOOK_BACK_UNITS = 10;

/**
 * Finds the addresses of a style sheet: `url()`, `@import` and `image-set()`, with or without quotes, outside comments and
 * other strings.
 */
export class CssScanner implements BodyScanner {
  readonly #rewriter: AddressRewriter;
  #state: State = 'text';
  #quote = 0;
  /** Whether a string that comes next is an address: after `@import`, or within `image-set(`. */
  #isAfterImport = false;
  #imageSetDepth = 0;
  #depth = 0;
  /** The last units before those that `scan` was given, for the name before a `(`. */
  #behind = '';

  constructor(rewriter: AddressRewriter) {
    this.#rewriter = rewriter;
  }

  /** Begins another text. */
  reset(): void {
    this.#state = 'text';
    this.#isAfterImport = false;
    this.#imageSetDepth = 0;
    this.#depth = 0;
    this.#behind = '';
  }

  scan(units: Buffer, from: number, to: number, isLast: boolean): number {
    let at = from;
    while (at < to) {
      const next = this.#step(units, at, from, to);
      if (next < 0) {
        at = isLast ? to : ~next;
        break;
      }
      at = next;
    }
    this.#behind = (this.#behind + units.toString('latin1', Math.max(from, at - LOOK_BACK_UNITS), at)).slice(
      -LOOK_BACK_UNITS,
    );
    return at;
  }

  /** One step; `~index` where more must come before what stands at `index` can be read. */
  #step(units: Buffer, at: number, from: number, to: number): number {
    switch (this.#state) {
      case 'text':
        return this.#text(units, at, from, to);
      case 'comment':
        for (let index = at; index < to; index += 1) {
          if (units[index] !== ASTERISK) continue;
          if (index + 1 === to) return ~index;
          if (units[index + 1] !== SLASH) continue;
          this.#state = 'text';
          return index + 2;
        }
        return to;
      case 'string':
        return this.#string(units, at, to);
      case 'urlStart':
        return this.#urlStart(units, at, to);
      case 'address':
        return this.#address(units, at, to);
      case 'url':
        for (let index = at; index < to; index += 1) {
          const unit = units[index] as number;
          if (unit === BACKSLASH) {
            if (index + 1 === to) return ~index;
            index += 1;
          } else if (unit === CLOSE_PARENTHESIS) {
            this.#state = 'text';
            return index + 1;
          }
        }
        return to;
    }
  }

  #text(units: Buffer, at: number, from: number, to: number): number {
    let index = at;
    while (index < to && SPECIAL[units[index] as number] === 0) index += 1;
    if (index === to) return to;
    const unit = units[index] as number;
    switch (unit) {
      case SLASH:
        if (index + 1 === to) return ~index;
        if (units[index + 1] !== ASTERISK) return index + 1;
        this.#state = 'comment';
        return index + 2;
      case BACKSLASH:
        return index + 1 === to ? ~index : index + 2;
      case DOUBLE_QUOTE:
      case SINGLE_QUOTE:
        this.#quote = unit;
        this.#state = this.#isAfterImport || this.#isInImageSet() ? 'address' : 'string';
        this.#isAfterImport = false;
        return index + 1;
      case OPEN_PARENTHESIS:
        // The ordinary case with no string made of it.
        if (
          index - 4 >= from &&
          startsWithIgnoringCase(units, index - 3, 'url') &&
          !isNameUnit(units[index - 4] as number)
        ) {
          this.#isAfterImport = false;
          this.#state = 'urlStart';
        } else {
          this.#open(this.#nameBefore(units, index, from));
        }
        return index + 1;
      case CLOSE_PARENTHESIS:
        if (this.#isInImageSet()) this.#imageSetDepth = 0;
        if (this.#depth > 0) this.#depth -= 1;
        return index + 1;
      case AT:
        if (index + 1 + IMPORT.length >= to) return ~index;
        this.#isAfterImport =
          startsWithIgnoringCase(units, index + 1, IMPORT) && !isNameUnit(units[index + 1 + IMPORT.length] as number);
        return index + 1;
      default:
        this.#isAfterImport = false;
        if (unit !== SEMICOLON) {
          this.#depth = 0;
          this.#imageSetDepth = 0;
        }
        return index + 1;
    }
  }

  #isInImageSet(): boolean {
    return this.#imageSetDepth !== 0 && this.#imageSetDepth === this.#depth;
  }

  #open(name: string): void {
    this.#isAfterImport = false;
    if (name === 'url' || name === 'src') {
      this.#state = 'urlStart';
      return;
    }
    this.#depth += 1;
    if (name.endsWith('image-set')) this.#imageSetDepth = this.#depth;
  }

  /** The name that ends before `index`, in lower case, as far as it can matter. */
  #nameBefore(units: Buffer, index: number, from: number): string {
    let start = index;
    while (start > from && index - start < LOOK_BACK_UNITS && isNameUnit(units[start - 1] as number)) start -= 1;
    let name = units.toString('latin1', start, index);
    if (start === from && name.length < LOOK_BACK_UNITS) name = (/[\w-]*$/.exec(this.#behind)?.[0] ?? '') + name;
    return name.slice(-LOOK_BACK_UNITS).toLowerCase();
  }

  #string(units: Buffer, at: number, to: number): number {
    let index = at;
    for (;;) {
      while (index < to && ENDS_STRING[units[index] as number] === 0) index += 1;
      if (index === to) return to;
      const unit = units[index] as number;
      if (unit === BACKSLASH) {
        if (index + 1 === to) return ~index;
        index += 2;
      } else if (unit === this.#quote || (unit !== DOUBLE_QUOTE && unit !== SINGLE_QUOTE)) {
        // A line's end ends a string that its author forgot to close (CSS Syntax, section 4.3.5).
        this.#state = 'text';
        return index + 1;
      } else {
        index += 1;
      }
    }
  }

  #urlStart(units: Buffer, at: number, to: number): number {
    let index = at;
    while (index < to && isWhitespace(units[index] as number)) index += 1;
    if (index === to) return to;
    const unit = units[index] as number;
    if (unit === DOUBLE_QUOTE || unit === SINGLE_QUOTE) {
      this.#quote = unit;
      this.#state = 'address';
      this.#depth += 1;
      return index + 1;
    }
    if (index + 1 === to) return ~index;
    if (this.#rewriter.mayChange(unit, units[index + 1] as number)) {
      const end = endOfBareUrl(units, index, Math.min(to, index + MAX_ADDRESS_UNITS));
      if (end === -1 && to - index < MAX_ADDRESS_UNITS) return ~index;
      this.#rewriter.rewrite(units, index, end === -1 ? index + MAX_ADDRESS_UNITS : end, 'css');
    }
    this.#state = 'url';
    return index;
  }

  /** At the first unit of a quoted address. */
  #address(units: Buffer, at: number, to: number): number {
    if (at + 1 === to) return ~at;
    if (this.#rewriter.mayChange(units[at] as number, units[at + 1] as number)) {
      const limit = Math.min(to, at + MAX_ADDRESS_UNITS);
      const end = this.#endOfString(units, at, limit);
      if (end === -1 && to - at < MAX_ADDRESS_UNITS) return ~at;
      this.#rewriter.rewrite(units, at, end === -1 ? limit : end, 'css');
    }
    this.#state = 'string';
    return at;
  }

  #endOfString(units: Buffer, at: number, to: number): number {
    for (let index = at; index < to; index += 1) {
      const unit = units[index] as number;
      if (unit === BACKSLASH) index += 1;
      else if (unit === this.#quote || unit === LINE_FEED) return index;
    }
    return -1;
  }
}

function endOfBareUrl(units: Buffer, at: number, to: number): number {
  for (let index = at; index < to; index += 1) {
    const unit = units[index] as number;
    if (unit === BACKSLASH) index = endOfEscape(units, index, to) - 1;
    else if (unit === CLOSE_PARENTHESIS || isWhitespace(unit)) return index;
  }
  return -1;
}

/** One unit, or up to six hexadecimal digits and the white space that ends them (CSS Syntax, section 4.3.7). */
function endOfEscape(units: Buffer, at: number, to: number): number {
  let index = at + 1;
  while (index < to && index < at + 7 && isHexadecimal(units[index] as number)) index += 1;
  if (index === at + 1) return index + 1;
  return index < to && isWhitespace(units[index] as number) ? index + 1 : index;
}

function isWhitespace(unit: number): boolean {
  return ((CHARACTER_CLASSES[unit] as number) & WHITESPACE) !== 0;
}

function isHexadecimal(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
}

function isNameUnit(unit: number): boolean {
  const isDigit = unit >= 0x30 && unit <= 0x39;
  return ((CHARACTER_CLASSES[unit] as number) & LETTER) !== 0 || isDigit || unit === HYPHEN || unit === 0x5f;
}

function makeSet(codes: readonly number[]): Uint8Array {
  const set = new Uint8Array(256);
  for (const code of codes) set[code] = 1;
  return set;
}
