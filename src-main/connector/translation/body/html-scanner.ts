import type { AddressRewriter } from './address-rewriter.ts';
import { AttributeRewriter } from './attribute-rewriter.ts';
import { type BodyScanner, MAX_ADDRESS_UNITS, MAX_HELD_UNITS } from './body-scanner.ts';
import {
  CHARACTER_CLASSES,
  CLOSE_BRACKET,
  DOUBLE_QUOTE,
  ENDS_ATTRIBUTE_NAME,
  ENDS_TAG_NAME,
  BETWEEN_ATTRIBUTES,
  ENDS_UNQUOTED_VALUE,
  EQUALS,
  EXCLAMATION,
  GREATER_THAN,
  HYPHEN,
  LESS_THAN,
  OPEN_BRACKET,
  QUESTION,
  SINGLE_QUOTE,
  SLASH,
  startsWithIgnoringCase,
  find,
  isLetter,
  isSpace,
  skipUntil,
} from './characters.ts';
import { CssScanner } from './css-scanner.ts';
import type { Edits } from './edits.ts';
import { ForeignContent } from './foreign-content.ts';
import {
  ATTRIBUTE_TABLE,
  ELEMENT_TABLE,
  elementNumber,
  KINDS_OF_ATTRIBUTES,
  PLAIN_TEXT_ELEMENT,
  RAW_TEXT_ELEMENTS,
  VALUE_KINDS,
  type ValueKind,
} from './html-names.ts';
import { ScriptEnd } from './script-end.ts';
import { ScriptScanner } from './script-scanner.ts';

/** Where the tokenizer is (HTML Standard, section 13.2.5); what isn't told apart there has no state here. */
const STATES = {
  text: 0,
  tagNameRest: 1,
  beforeAttribute: 2,
  attributeNameRest: 3,
  afterAttributeName: 4,
  beforeValue: 5,
  valueRest: 6,
  comment: 7,
  bogusComment: 8,
  cdata: 9,
  rawText: 10,
  plainText: 11,
} as const;

/** Longer names are of no element and no attribute that matters. */
const MAX_NAME_UNITS = 64;
const CDATA = '[cdata[';
const STYLE = elementNumber('style');
const SCRIPT = elementNumber('script');
const PLAIN_TEXT = elementNumber(PLAIN_TEXT_ELEMENT);
const RAW_TEXT_NAMES: ReadonlyMap<number, string> = new Map(
  RAW_TEXT_ELEMENTS.map((name) => [elementNumber(name), name]),
);

export interface HtmlScannerOptions {
  /** Takes the text for XML: no raw text, and CDATA sections everywhere. */
  readonly isXml: boolean;
  /** Translates in scripts, event handlers and `javascript:` addresses as well. */
  readonly isInScripts: boolean;
}

/**
 * Finds the addresses of an HTML page by its tokens, as a browser would see them, without a tree: tags and their attributes,
 * style sheets and, where wanted, scripts. Text, comments and whatever is not wanted cost a look at each octet.
 */
export class HtmlScanner implements BodyScanner {
  readonly #values: AttributeRewriter;
  readonly #options: HtmlScannerOptions;
  readonly #css: CssScanner;
  readonly #script: ScriptScanner;
  readonly #foreign = new ForeignContent();
  readonly #scriptEnd = new ScriptEnd();
  #state: number = STATES.text;
  #element = -1;
  #isEndTag = false;
  #isSelfClosing = false;
  #kind: ValueKind = VALUE_KINDS.other;
  /** What ends the value that is being passed over; 0 for white space or `>`. */
  #quote = 0;
  #rawTextElement = -1;
  /** How much of the raw text that was held back has been searched for its end already. */
  #searchedUnits = 0;

  /** @param makeRewriter makes what translates single addresses into the given edits. */
  constructor(edits: Edits, makeRewriter: (edits: Edits) => AddressRewriter, options: HtmlScannerOptions) {
    this.#options = options;
    const rewriter = makeRewriter(edits);
    this.#values = new AttributeRewriter(rewriter, edits, makeRewriter, options.isInScripts);
    this.#css = new CssScanner(rewriter);
    this.#script = new ScriptScanner(rewriter.links, edits);
  }

  scan(units: Buffer, from: number, to: number, isLast: boolean): number {
    let at = from;
    while (at < to) {
      const next = this.#step(units, at, to);
      if (next < 0) return isLast ? this.#finish(units, ~next, to) : ~next;
      at = next;
    }
    return at;
  }

  /** The text ends with something unfinished, which browsers drop, or with raw text whose rest was held back. */
  #finish(units: Buffer, at: number, to: number): number {
    if (this.#state === STATES.rawText) this.#scanRawText(units, at, to, true);
    return to;
  }

  /** One or more tokens; `~index` where more must come before what stands at `index` can be read. */
  #step(units: Buffer, at: number, to: number): number {
    switch (this.#state) {
      case STATES.text:
        return this.#text(units, at, to);
      case STATES.comment:
        return this.#comment(units, at, to);
      case STATES.bogusComment: {
        const end = find(units, GREATER_THAN, at, to);
        if (end === -1) return to;
        this.#state = STATES.text;
        return end + 1;
      }
      case STATES.cdata:
        return this.#cdata(units, at, to);
      case STATES.rawText:
        return this.#rawText(units, at, to);
      case STATES.plainText:
        return to;
      default:
        return this.#tag(units, at, to);
    }
  }

  #text(units: Buffer, from: number, to: number): number {
    let at = from;
    let next = 0;
    for (;;) {
      while (at < to && units[at] !== LESS_THAN) at += 1;
      if (at === to) return to;
      if (at + 1 === to) return ~at;
      next = units[at + 1] as number;
      // The ordinary end tag on the shortest way: it matters only where it may end foreign content.
      if (next !== SLASH || this.#foreign.isOpen) break;
      const end = skipUntil(units, at + 2, to, ENDS_TAG_NAME);
      if (end === to || units[end] !== GREATER_THAN || !isLetter(units[at + 2] as number)) break;
      at = end + 1;
    }
    if (isLetter(next)) return this.#tagName(units, at, at + 1, to);
    if (next === SLASH) {
      if (at + 2 === to) return ~at;
      const first = units[at + 2] as number;
      if (isLetter(first)) return this.#tagName(units, at, at + 2, to);
      if (first === GREATER_THAN) return at + 3;
      this.#state = STATES.bogusComment;
      return at + 2;
    }
    if (next === EXCLAMATION) return this.#declaration(units, at, to);
    if (next === QUESTION) {
      this.#state = STATES.bogusComment;
      return at + 2;
    }
    return at + 1;
  }

  /** At `<!`. */
  #declaration(units: Buffer, at: number, to: number): number {
    const start = at + 2;
    if (start === to) return ~at;
    if (units[start] === HYPHEN) {
      if (start + 1 === to) return ~at;
      if (units[start + 1] === HYPHEN) {
        const content = start + 2;
        // `<!-->` and `<!--->` are whole comments.
        if (content === to) return ~at;
        if (units[content] === GREATER_THAN) return content + 1;
        if (units[content] === HYPHEN) {
          if (content + 1 === to) return ~at;
          if (units[content + 1] === GREATER_THAN) return content + 2;
        }
        this.#state = STATES.comment;
        return content;
      }
    } else if (units[start] === OPEN_BRACKET && (this.#options.isXml || this.#foreign.isForeign)) {
      const length = Math.min(CDATA.length, to - start);
      if (startsWithIgnoringCase(units, start, CDATA.slice(0, length))) {
        if (length < CDATA.length) return ~at;
        this.#state = STATES.cdata;
        return start + CDATA.length;
      }
    }
    this.#state = STATES.bogusComment;
    return start;
  }

  #comment(units: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      if (units[at] !== HYPHEN) continue;
      if (at + 2 >= to) return ~at;
      if (units[at + 1] !== HYPHEN) continue;
      if (units[at + 2] === GREATER_THAN) {
        this.#state = STATES.text;
        return at + 3;
      }
      if (units[at + 2] !== EXCLAMATION) continue;
      if (at + 3 === to) return ~at;
      if (units[at + 3] !== GREATER_THAN) continue;
      this.#state = STATES.text;
      return at + 4;
    }
    return to;
  }

  #cdata(units: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      if (units[at] !== CLOSE_BRACKET) continue;
      if (at + 2 >= to) return ~at;
      if (units[at + 1] !== CLOSE_BRACKET || units[at + 2] !== GREATER_THAN) continue;
      this.#state = STATES.text;
      return at + 3;
    }
    return to;
  }

  /** @param at where the tag begins, for when its name isn't whole. */
  #tagName(units: Buffer, at: number, start: number, to: number): number {
    let end = start + 1;
    while (end < to && ((CHARACTER_CLASSES[units[end] as number] as number) & ENDS_TAG_NAME) === 0) end += 1;
    if (end === to && end - start <= MAX_NAME_UNITS) return ~at;
    this.#isEndTag = start === at + 2;
    this.#isSelfClosing = false;
    this.#element = ELEMENT_TABLE.find(units, start, end);
    this.#state = end === to ? STATES.tagNameRest : STATES.beforeAttribute;
    return end === to ? to : this.#tag(units, end, to);
  }

  /** Within a tag, behind its name. */
  #tag(units: Buffer, from: number, to: number): number {
    let at = from;
    let state = this.#state;
    while (at < to) {
      if (state === STATES.beforeAttribute) {
        const unit = units[at] as number;
        if (unit === GREATER_THAN) {
          this.#state = STATES.text;
          this.#endTag();
          return at + 1;
        }
        if (((CHARACTER_CLASSES[unit] as number) & BETWEEN_ATTRIBUTES) !== 0) {
          this.#isSelfClosing = unit === SLASH;
          at += 1;
          continue;
        }
        this.#isSelfClosing = false;
        const end = skipUntil(units, at + 1, to, ENDS_ATTRIBUTE_NAME);
        if (end === to && end - at <= MAX_NAME_UNITS) {
          this.#state = state;
          return ~at;
        }
        const kind = end === to ? VALUE_KINDS.other : this.#kindOf(units, at, end);
        this.#kind = kind;
        state = end === to ? STATES.attributeNameRest : STATES.afterAttributeName;
        at = end;
        // The ordinary case on the shortest way: `="…"` of no interest, all of it there.
        if (kind !== VALUE_KINDS.other || at + 1 >= to || units[at] !== EQUALS) continue;
        const quote = units[at + 1] as number;
        if (quote !== DOUBLE_QUOTE && quote !== SINGLE_QUOTE) continue;
        let close = at + 2;
        while (close < to && units[close] !== quote) close += 1;
        if (close === to) continue;
        at = close + 1;
        state = STATES.beforeAttribute;
      } else if (state === STATES.afterAttributeName) {
        const unit = units[at] as number;
        if (unit === EQUALS) state = STATES.beforeValue;
        else if (!isSpace(unit)) state = STATES.beforeAttribute;
        if (unit === EQUALS || isSpace(unit)) at += 1;
      } else if (state === STATES.beforeValue) {
        const unit = units[at] as number;
        if (isSpace(unit)) {
          at += 1;
        } else if (unit === GREATER_THAN) {
          state = STATES.beforeAttribute;
        } else {
          this.#state = state;
          const next = this.#value(units, at, to, unit);
          if (next < 0) return next;
          at = next;
          state = this.#state;
        }
      } else if (state === STATES.valueRest) {
        at = this.#valueRest(units, at, to);
        state = this.#state;
      } else {
        const isTagName = state === STATES.tagNameRest;
        at = skipUntil(units, at, to, isTagName ? ENDS_TAG_NAME : ENDS_ATTRIBUTE_NAME);
        if (at < to) state = isTagName ? STATES.beforeAttribute : STATES.afterAttributeName;
      }
    }
    this.#state = state;
    return to;
  }

  #kindOf(units: Buffer, start: number, end: number): ValueKind {
    if (this.#isEndTag) return VALUE_KINDS.other;
    const attribute = ATTRIBUTE_TABLE.find(units, start, end);
    if (attribute !== -1) {
      return (KINDS_OF_ATTRIBUTES[this.#element + 1] as Uint8Array)[attribute] as ValueKind;
    }
    const isHandler = this.#options.isInScripts && end - start > 2 && startsWithIgnoringCase(units, start, 'on');
    return isHandler ? VALUE_KINDS.script : VALUE_KINDS.other;
  }

  /** At the first unit of a value or its quote. */
  #value(units: Buffer, at: number, to: number, first: number): number {
    const quote = first === DOUBLE_QUOTE || first === SINGLE_QUOTE ? first : 0;
    const start = quote === 0 ? at : at + 1;
    const kind = this.#kind;
    if (kind !== VALUE_KINDS.other) {
      if (start + 1 >= to) return ~at;
      const isAddress = kind === VALUE_KINDS.address || kind === VALUE_KINDS.base;
      if (
        !isAddress ||
        kind === VALUE_KINDS.base ||
        this.#values.mayChange(units[start] as number, units[start + 1] as number)
      ) {
        const limit = isAddress ? MAX_ADDRESS_UNITS : MAX_HELD_UNITS;
        const end = endOfValue(units, start, Math.min(to, start + limit + 1), quote);
        if (end !== -1) this.#values.rewrite(kind, units, start, end);
        else if (to - start <= limit) return ~at;
        else if (isAddress) this.#values.rewrite(kind, units, start, start + limit);
      }
    }
    this.#quote = quote;
    this.#state = STATES.valueRest;
    return start === to ? to : this.#valueRest(units, start, to);
  }

  #valueRest(units: Buffer, at: number, to: number): number {
    const quote = this.#quote;
    let end = at;
    if (quote === 0) {
      while (end < to && ((CHARACTER_CLASSES[units[end] as number] as number) & ENDS_UNQUOTED_VALUE) === 0) end += 1;
      if (end === to) return to;
    } else {
      while (end < to && units[end] !== quote) end += 1;
      if (end === to) return to;
      end += 1;
    }
    this.#state = STATES.beforeAttribute;
    return end;
  }

  /** A tag has ended: what comes next depends on its element. */
  #endTag(): void {
    const element = this.#element;
    if (this.#isEndTag) {
      this.#foreign.end(element);
      return;
    }
    if (this.#options.isXml || this.#foreign.start(element, this.#isSelfClosing)) return;
    if (RAW_TEXT_NAMES.has(element)) {
      this.#state = STATES.rawText;
      this.#rawTextElement = element;
      if (element === SCRIPT) this.#scriptEnd.reset();
      if (element === STYLE) this.#css.reset();
    } else if (element === PLAIN_TEXT) {
      this.#state = STATES.plainText;
    }
  }

  #rawText(units: Buffer, from: number, to: number): number {
    const searched = from + this.#searchedUnits;
    const end =
      this.#rawTextElement === SCRIPT
        ? this.#scriptEnd.find(units, searched, to)
        : endOfRawText(units, searched, to, RAW_TEXT_NAMES.get(this.#rawTextElement) as string);
    const isWhole = end >= 0;
    const scanned = this.#scanRawText(units, from, isWhole ? end : ~end, isWhole);
    this.#searchedUnits = isWhole ? 0 : ~end - scanned;
    if (!isWhole) return scanned === to ? to : ~scanned;
    this.#state = STATES.text;
    return end;
  }

  #scanRawText(units: Buffer, from: number, to: number, isLast: boolean): number {
    if (this.#rawTextElement === STYLE) return this.#css.scan(units, from, to, isLast);
    if (this.#rawTextElement === SCRIPT && this.#options.isInScripts) return this.#script.scan(units, from, to, isLast);
    return to;
  }
}

/** Where `</name` begins that ends raw text; `~index` where all up to `index` is content and more must be seen. */
function endOfRawText(units: Buffer, from: number, to: number, name: string): number {
  for (let at = from; at < to; at += 1) {
    if (units[at] !== LESS_THAN) continue;
    if (at + 1 === to) return ~at;
    if (units[at + 1] !== SLASH) continue;
    const length = Math.min(name.length, to - at - 2);
    if (!startsWithIgnoringCase(units, at + 2, name.slice(0, length))) continue;
    if (at + 2 + name.length >= to) return ~at;
    if (((CHARACTER_CLASSES[units[at + 2 + name.length] as number] as number) & ENDS_TAG_NAME) !== 0) return at;
  }
  return ~to;
}

/** Where a value ends before `limit`, or -1. */
function endOfValue(units: Buffer, start: number, limit: number, quote: number): number {
  if (quote !== 0) return find(units, quote, start, limit);
  const end = skipUntil(units, start, limit, ENDS_UNQUOTED_VALUE);
  return end === limit ? -1 : end;
}
