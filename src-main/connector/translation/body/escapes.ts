/** A text with its escapes resolved; each character knows where it stood. */
export interface DecodedText {
  /** Characters beyond Latin-1 read as U+FFFD: nothing that is published is named by them. */
  readonly text: string;
  /** Where in the raw text each character begins, and at last where the text ends. */
  readonly offsets: readonly number[];
}

/** The named character references of what addresses are made of (HTML Standard, section 13.5). */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  AMP: '&',
  sol: '/',
  colon: ':',
  period: '.',
  quot: '"',
  QUOT: '"',
  apos: "'",
  lt: '<',
  LT: '<',
  gt: '>',
  GT: '>',
  bsol: '\\',
  lowbar: '_',
  UnderBar: '_',
  num: '#',
  quest: '?',
  equals: '=',
  percnt: '%',
  commat: '@',
  comma: ',',
  semi: ';',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  lbrack: '[',
  rsqb: ']',
  rbrack: ']',
  plus: '+',
  excl: '!',
  ast: '*',
  midast: '*',
  dollar: '$',
  Tab: '\t',
  NewLine: '\n',
};
/** Those that need no semicolon; in an attribute not before `=` or a letter or digit. */
const REFERENCE =
  /&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([a-zA-Z]+);|(amp|AMP|quot|QUOT|lt|LT|gt|GT)(?![=a-zA-Z0-9;]))/g;
const CSS_ESCAPE = /\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\r\n\f])|([^]))/g;

/** Resolves character references as in an attribute's value. */
export function decodeReferences(raw: string): DecodedText {
  return decode(raw, REFERENCE, (match) => {
    const [, hexadecimal, decimal, name, bareName] = match;
    if (hexadecimal !== undefined) return characterOf(Number.parseInt(hexadecimal, 16));
    if (decimal !== undefined) return characterOf(Number(decimal));
    return NAMED[name ?? bareName ?? ''] ?? '\uFFFD';
  });
}

/** Resolves the escapes of a style sheet (CSS Syntax, section 4.3.7). */
export function decodeCssEscapes(raw: string): DecodedText {
  return decode(raw, CSS_ESCAPE, ([, hexadecimal, lineBreak, character]) => {
    if (hexadecimal !== undefined) return characterOf(Number.parseInt(hexadecimal, 16));
    return lineBreak === undefined ? (character ?? '') : '';
  });
}

function decode(raw: string, pattern: RegExp, resolve: (match: RegExpExecArray) => string): DecodedText {
  const offsets: number[] = [];
  let text = '';
  let at = 0;
  const copyTo = (end: number): void => {
    for (; at < end; at += 1) offsets.push(at);
  };
  for (const match of raw.matchAll(pattern)) {
    text += raw.slice(at, match.index);
    copyTo(match.index);
    const character = resolve(match);
    if (character !== '') offsets.push(at);
    text += character;
    at += match[0].length;
  }
  text += raw.slice(at);
  copyTo(raw.length);
  offsets.push(raw.length);
  return { text, offsets };
}

function characterOf(code: number): string {
  return code > 0 && code < 0x100 ? String.fromCharCode(code) : '\uFFFD';
}
