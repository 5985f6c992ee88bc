/** ASCII codes that markup, style sheets and scripts are made of. */
const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const FORM_FEED = 0x0c;
export const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
export const EXCLAMATION = 0x21;
export const DOUBLE_QUOTE = 0x22;
export const AMPERSAND = 0x26;
export const SINGLE_QUOTE = 0x27;
export const OPEN_PARENTHESIS = 0x28;
export const CLOSE_PARENTHESIS = 0x29;
export const ASTERISK = 0x2a;
export const COMMA = 0x2c;
export const HYPHEN = 0x2d;
export const SLASH = 0x2f;
export const SEMICOLON = 0x3b;
export const LESS_THAN = 0x3c;
export const EQUALS = 0x3d;
export const GREATER_THAN = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** Sets of characters, as bits of `CHARACTER_CLASSES`. */
export const WHITESPACE = 1;
export const ENDS_TAG_NAME = 2;
export const ENDS_ATTRIBUTE_NAME = 4;
export const ENDS_UNQUOTED_VALUE = 8;
export const LETTER = 16;
export const BETWEEN_ATTRIBUTES = 32;

/** For each unit the sets that it is in (HTML Standard, section 13.2.5). */
export const CHARACTER_CLASSES = makeClasses();

function makeClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  for (const code of [TAB, LINE_FEED, FORM_FEED, CARRIAGE_RETURN, SPACE]) {
    classes[code] = WHITESPACE | BETWEEN_ATTRIBUTES | ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME | ENDS_UNQUOTED_VALUE;
  }
  classes[SLASH] = BETWEEN_ATTRIBUTES | ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME;
  classes[GREATER_THAN] = ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME | ENDS_UNQUOTED_VALUE;
  classes[EQUALS] = ENDS_ATTRIBUTE_NAME;
  for (let code = 0x41; code <= 0x5a; code += 1) {
    classes[code] = LETTER;
    classes[code | 0x20] = LETTER;
  }
  return classes;
}

/** Whether `units[at…]` begins with `lowerText`, whatever the case of its letters. The caller knows that it is long enough. */
export function startsWithIgnoringCase(units: Buffer, at: number, lowerText: string): boolean {
  for (let index = 0; index < lowerText.length; index += 1) {
    const unit = units[at + index] as number;
    const lower = unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
    if (lower !== lowerText.charCodeAt(index)) return false;
  }
  return true;
}

/** Where a unit stands first, or -1. */
export function find(units: Buffer, code: number, from: number, to: number): number {
  for (let at = from; at < to; at += 1) if (units[at] === code) return at;
  return -1;
}

/** The first unit of one of the classes; `to` where there is none. */
export function skipUntil(units: Buffer, from: number, to: number, classes: number): number {
  let at = from;
  while (at < to && ((CHARACTER_CLASSES[units[at] as number] as number) & classes) === 0) at += 1;
  return at;
}

export function isLetter(unit: number): boolean {
  return ((CHARACTER_CLASSES[unit] as number) & LETTER) !== 0;
}

export function isSpace(unit: number): boolean {
  return ((CHARACTER_CLASSES[unit] as number) & WHITESPACE) !== 0;
}
