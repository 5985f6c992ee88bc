import { type BodyScanner, MAX_ADDRESS_UNITS } from './body-scanner.ts';
import type { Edits } from './edits.ts';
import type { PageLinks } from './page-links.ts';

/** A slash, as JSON and JavaScript may spell it, also within a string that holds another string. */
const SLASH = String.raw`(?:\\{0,3}/|\\{1,3}u002f)`;
/** An absolute address anywhere, or what begins with a slash at the beginning of a string. */
const START = new RegExp(`(?:(?:https?|wss?):|(["'\`]))${SLASH}`, 'gi');
/** The beginning of either at the end of what has come. */
const UNFINISHED_START = /(?:[hw][a-z]{0,4}:?|["'`])\\{0,3}(?:u0{0,2}2?)?$/i;
/** More than that is never the beginning of an address. */
const MAX_START_UNITS = 32;
/** What is left of a text whose last address may go on. */
const UNFINISHED_SLASH = /^(?:\\{1,3}(?:u0{0,2}2?)?)?$/i;
const ADDRESS = new RegExp(`(?:${SLASH}|[^\\s"'\`<>(){}|^\\\\])*`, 'iy');
const SLASHES = new RegExp(SLASH, 'gi');

/**
 * Finds addresses in JavaScript and JSON without reading the language: absolute ones wherever they stand, and those that
 * begin with a slash where a string does. Host names are told apart by what is published, so that no more is needed.
 */
export class ScriptScanner implements BodyScanner {
  readonly #links: PageLinks;
  readonly #edits: Edits;
  /** Beginnings of the application's own addresses, as they are spelled most. */
  readonly #own: readonly { readonly before: string; readonly after: string }[];

  constructor(links: PageLinks, edits: Edits) {
    this.#links = links;
    this.#edits = edits;
    const own = links.ownPrefix;
    const before = own?.from.toString('latin1') ?? '';
    this.#own =
      own === null
        ? []
        : ['/', '\\/'].map((slash) => ({
            before: before.replaceAll('/', slash),
            after: own.to.replaceAll('/', slash),
          }));
  }

  scan(units: Buffer, from: number, to: number, isLast: boolean): number {
    const text = units.toString('latin1', from, to);
    START.lastIndex = 0;
    let done = 0;
    for (let match = START.exec(text); match !== null; match = START.exec(text)) {
      const start = match.index + (match[1]?.length ?? 0);
      done = this.#editOwn(text, start, from);
      if (done === 0) {
        const address = readAddress(text, start);
        const isWhole = address.end - start >= MAX_ADDRESS_UNITS || !UNFINISHED_SLASH.test(text.slice(address.end));
        if (!isWhole && !isLast) return from + match.index;
        done = Math.max(START.lastIndex, this.#edit(address, from));
      }
      START.lastIndex = done;
    }
    if (isLast) return to;
    const unfinished = UNFINISHED_START.exec(text.slice(Math.max(done, text.length - MAX_START_UNITS)));
    return unfinished === null ? to : from + text.length - unfinished[0].length;
  }

  /** The ordinary case, an address of the page's own application. @returns where its beginning ends; 0 where it is none. */
  #editOwn(text: string, start: number, from: number): number {
    for (const { before, after } of this.#own) {
      if (!text.startsWith(before, start)) continue;
      const end = start + before.length;
      this.#edits.add(from + start, from + end, after);
      return end;
    }
    return 0;
  }

  /** @returns where what was replaced ends; 0 for nothing. */
  #edit({ text, offsets, slash, start }: ScriptAddress, from: number): number {
    const edit = this.#links.editInScript(text);
    if (edit === null) return 0;
    const end = offsets === null ? start + edit.length : (offsets[edit.length] as number);
    const replacement = slash === '/' ? edit.text : edit.text.replaceAll('/', slash);
    this.#edits.add(from + start, from + end, replacement);
    return end;
  }
}

/** An address with its slashes resolved. */
interface ScriptAddress {
  readonly text: string;
  /** Where each character of `text` began, and at last where the address ended; null where nothing was escaped. */
  readonly offsets: readonly number[] | null;
  readonly start: number;
  readonly end: number;
  /** How its first slash is spelled. */
  readonly slash: string;
}

function readAddress(source: string, start: number): ScriptAddress {
  ADDRESS.lastIndex = 0;
  const raw = ADDRESS.exec(source.slice(start, start + MAX_ADDRESS_UNITS))?.[0] ?? '';
  const end = start + raw.length;
  if (!raw.includes('\\')) return { text: raw, offsets: null, start, end, slash: '/' };
  const offsets: number[] = [];
  let text = '';
  let at = 0;
  let slash: string | null = null;
  const copyTo = (to: number): void => {
    text += raw.slice(at, to);
    for (; at < to; at += 1) offsets.push(start + at);
  };
  for (const match of raw.matchAll(SLASHES)) {
    copyTo(match.index);
    slash ??= match[0];
    text += '/';
    offsets.push(start + at);
    at += match[0].length;
  }
  copyTo(raw.length);
  offsets.push(end);
  return { text, offsets, start, end, slash: slash ?? '/' };
}
