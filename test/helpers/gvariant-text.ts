/** A value as `gdbus` prints it, without its types: a variant is what it holds, a dictionary an object, a tuple an array. */
export type GVariant = string | number | boolean | readonly GVariant[] | { readonly [key: string]: GVariant };

const TOKEN = /\s*(?:@\S+|byte|int16|uint16|int32|uint32|int64|uint64|double|handle|objectpath|signature)?\s*/y;
const SCALAR = /[-+.\w]+/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** @throws Error where the value is none */
export function textOf(value: GVariant | undefined): string {
  if (typeof value !== 'string') throw new Error(`No text: ${JSON.stringify(value)}`);
  return value;
}

/** Reads what `gdbus call` prints (GLib, “GVariant Text Format”). @throws Error with the place where it is not that. */
export function parseGVariant(text: string): GVariant {
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const skip = (): void => void match(/\s*/y);
  const take = (mark: string): boolean => {
    skip();
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  };
  const fail = (wanted: string): never => {
    throw new Error(`${wanted} is missing at ${at}: ${text.slice(at, at + 40)}`);
  };
  const need = (mark: string): void => void (take(mark) || fail(mark));
  const list = (end: string): GVariant[] => {
    const values: GVariant[] = [];
    while (!take(end)) {
      values.push(value());
      if (!take(',') && !text.startsWith(end, at)) fail(end);
    }
    return values;
  };
  const dictionary = (): GVariant => {
    const entries: [string, GVariant][] = [];
    while (!take('}')) {
      const key = textOf(value());
      need(':');
      entries.push([key, value()]);
      take(',');
    }
    return Object.fromEntries(entries);
  };
  const quoted = (quote: string): string => {
    let read = '';
    while (text[at] !== quote) {
      if (at >= text.length) fail(quote);
      if (text[at] === '\\') {
        at += 1;
        const letter = text[at] ?? '';
        const digits = letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
        if (digits > 0) read += String.fromCodePoint(Number.parseInt(text.slice(at + 1, at + 1 + digits), 16));
        else read += ESCAPES[letter] ?? letter;
        at += digits + 1;
      } else {
        read += text[at];
        at += 1;
      }
    }
    at += 1;
    return read;
  };
  const value = (): GVariant => {
    match(TOKEN);
    if (take('(')) return list(')');
    if (take('[')) return list(']');
    if (take('{')) return dictionary();
    if (take('<')) {
      const held = value();
      need('>');
      return held;
    }
    for (const quote of ['"', "'"]) if (take(quote)) return quoted(quote);
    const scalar = match(SCALAR);
    if (scalar === '') fail('a value');
    return scalar === 'true' || scalar === 'false' ? scalar === 'true' : Number(scalar);
  };
  return value();
}
