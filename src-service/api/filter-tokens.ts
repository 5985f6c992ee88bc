/** A piece of a `$filter`. Dates and numbers hold their text: what it means depends on the field. */
export type FilterToken =
  | { readonly kind: 'name' | 'number' | 'date' | 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const TOKEN =
  /\s*(?:(?<date>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)|(?<number>-?\d+(?:\.\d+)?)|(?<string>'(?:[^']|'')*')|(?<name>[A-Za-z_]\w*(?:\/\$?\w+)*)|(?<symbol>[(),:]))/y;

/** Splits a `$filter` (OData 4.01, part 2, section 5.1.1); null behind the last piece where something can't be one. */
export function* filterTokens(text: string): Generator<FilterToken, void, void> {
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    const found = groups && Object.entries(groups).find(([, piece]) => piece !== undefined);
    if (found === undefined) {
      yield { kind: 'symbol', text: text.slice(at).trim(), at };
      return;
    }
    const [kind, piece] = found;
    if (kind === 'string') yield { kind, text: piece, value: piece.slice(1, -1).replaceAll("''", "'"), at };
    else yield { kind: kind as 'name' | 'number' | 'date' | 'symbol', text: piece, at };
  }
  yield { kind: 'end', text: '', at: text.length };
}
