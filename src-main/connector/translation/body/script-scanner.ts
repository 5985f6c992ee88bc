import { type BodyScanner, MAX_ADDRESS_UNITS } from './body-scanner.ts';
import type { Edits } from './edits.ts';
import type { PageLinks } from './page-links.ts';

/** A slash, as JSON and JavaScript may spell it, also within a string that holds another string. */
const SLASH = String.raw`(?:\\{0,3}/|\\{1,3}u002f)`;
/** An absolute address anywhere, or what begins with a slash at the beginning of a string. */
const START = new RegExp(`(?:(?:https?|wss?):|(["'\`]))${SLASH}`, 'gi');
/** The beginning of either at the end of what has come. */
const UNFINISHED_START = /(?:[hw][a-z]{0,4}:?|["'`])\\{0,3}(?:u0{0,2}2?)?$/i;
/** What is left of a text whose last address may go on. */
const UNFINISHED_SLASH = /^(?:\\{1,3}(?:u0{0,2}2?)?)?$/i;
const NEXT = new RegExp(`(${SLASH})|[^\\s"'\`<>(){}|^\\\\]`, 'iy');

/**
 * Finds addresses in JavaScript and JSON without reading the language: absolute ones wherever they stand, and those that
 * begin with a slash where a string does. Host names are told apart by what is published, so that no more is needed.
 */
export class ScriptScanner implements BodyScanner {
  readonly #links: PageLinks;
  readonly #edits: Edits;

  constructor(links: PageLinks, edits: Edits) {
    this.#links = links;
    this.#edits = edits;
  }

  scan(units: Buffer, from: number, to: number, isLast: boolean): number {
    const text = units.toString('latin1', from, to);
    START.lastIndex = 0;
    let end = 0;
    for (let match = START.exec(text); match !== null; match = START.exec(text)) {
      const start = match.index + (match[1]?.length ?? 0);
      const address = readAddress(text, start);
      const isWhole = address.end - start >= MAX_ADDRESS_UNITS || !UNFINISHED_SLASH.test(text.slice(address.end));
      if (!isWhole && !isLast) return from + match.index;
      this.#edit(address, from);
      end = address.end;
      START.lastIndex = end;
    }
    if (isLast) return to;
    const unfinished = UNFINISHED_START.exec(text.slice(end));
    return unfinished === null ? to : from + end + unfinished.index;
  }

  #edit({ text, offsets, slash }: ScriptAddress, from: number): void {
    const edit = this.#links.editInScript(text);
    if (edit === null) return;
    const start = from + (offsets[0] as number);
    const replacement = slash === '/' ? edit.text : edit.text.replaceAll('/', slash);
    this.#edits.add(start, from + (offsets[edit.length] as number), replacement);
  }
}

/** An address with its slashes resolved. */
interface ScriptAddress {
  readonly text: string;
  /** Where each character of `text` began, and at last where the address ended. */
  readonly offsets: readonly number[];
  /** How its first slash is spelled. */
  readonly slash: string;
  readonly end: number;
}

function readAddress(source: string, start: number): ScriptAddress {
  const offsets: number[] = [];
  let text = '';
  let slash: string | null = null;
  let at = start;
  while (at < source.length && at - start < MAX_ADDRESS_UNITS) {
    NEXT.lastIndex = at;
    const match = NEXT.exec(source);
    if (match === null) break;
    const spelling = match[1];
    offsets.push(at);
    text += spelling === undefined ? match[0] : '/';
    slash ??= spelling ?? null;
    at += match[0].length;
  }
  offsets.push(at);
  return { text, offsets, slash: slash ?? '/', end: at };
}
