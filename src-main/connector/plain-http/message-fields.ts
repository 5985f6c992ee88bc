import { KnownNames } from '../../../src-shared/wire/known-names.ts';

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/** What may not stand in a field value or a reason phrase (RFC 9110, section 5.5). */
const NO_TEXT = /[^\t\x20-\x7e\x80-\xff]/;

const SPACE = 0x20;
/** The name itself, as text of its own; empty where it is none. */
const names = new KnownNames((name) => (TOKEN.test(name) ? name : ''));

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether a text can stand in a line of a head; one character an octet. */
export function isLineText(text: string): boolean {
  return !NO_TEXT.test(text);
}

/** Reads the field lines of a head, each with its CR LF. @returns `name, value…`, or null where a line is none. */
export function readFieldLines(text: string, start: number): string[] | null {
  const fields: string[] = [];
  for (let at = start; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    if (end === -1 || colon === -1 || colon > end) return null;
    const name = names.of(text.slice(at, colon));
    const value = withoutSpaces(text, colon + 1, end);
    // A line that goes on with a blank, as HTTP once had it, has no token for its name. A tab about a length is no blank for all.
    if (name === '' || !isLineText(value) || value.startsWith('\t') || value.endsWith('\t')) return null;
    fields.push(name, value);
    at = end + 2;
  }
  return fields;
}

function withoutSpaces(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && text.charCodeAt(start) === SPACE) start += 1;
  while (end > start && text.charCodeAt(end - 1) === SPACE) end -= 1;
  return text.slice(start, end);
}
