import type { ListColumns, ListFilter } from '../store/list-filter.ts';
import { invalidOption } from './invalid-option.ts';

/** Words and phrases that one search may have. */
const MAX_SEARCH_TERMS = 10;

const TERM = /\s*(?:"(?<phrase>(?:[^"\\]|\\.)*)"|(?<word>[^\s"()]+))/y;

/**
 * Reads a `$search` as Graph writes it: `"displayName:wiki" OR "description:notes"`. A term is found anywhere in the text of
 * its field, or of any field where it names none; terms side by side must all be found.
 * @throws PosternError `API_INVALID` saying what can't be read, or which fields there are
 */
export function readSearch(text: string, columns: ListColumns): ListFilter {
  const fields = Object.entries(columns).flatMap(([name, { kind }]) => (kind === 'text' ? [name] : []));
  if (fields.length === 0) throw invalidOption('$search', 'this list has no text to search in; use $filter');
  const pattern = new RegExp(TERM);
  const alternatives: ListFilter[][] = [[]];
  let terms = 0;
  let isAwaited = true;
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) {
      throw invalidOption(
        '$search',
        `can't be read from "${text.slice(at).trim().slice(0, 60)}" on; write "FIELD:TEXT" or "TEXT", joined by AND or OR`,
      );
    }
    const { phrase, word } = groups;
    if (word === 'AND' || word === 'OR') {
      if (isAwaited) throw invalidOption('$search', `there is nothing before ${word}`);
      if (word === 'OR') alternatives.push([]);
      isAwaited = true;
      continue;
    }
    if (word === 'NOT') throw invalidOption('$search', 'there is no NOT; use $filter with not');
    terms += 1;
    if (terms > MAX_SEARCH_TERMS) throw invalidOption('$search', `has more than ${MAX_SEARCH_TERMS} terms`);
    alternatives.at(-1)?.push(readTerm(phrase?.replaceAll(/\\(.)/g, '$1') ?? word ?? '', fields));
    isAwaited = false;
  }
  if (isAwaited) throw invalidOption('$search', terms === 0 ? 'is empty' : 'ends too early');
  return { any: alternatives.map((all) => ({ all })) };
}

function readTerm(term: string, fields: readonly string[]): ListFilter {
  const [, named, rest] = /^([\w/]+):(?!\/\/)(.*)$/s.exec(term) ?? [];
  const wanted = named === undefined ? fields : fields.filter((field) => field === named);
  const value = (rest ?? term).trim();
  if (wanted.length === 0) throw invalidOption('$search', `can't search in ${named}; it can in ${fields.join(', ')}`);
  if (value === '' || value.includes('\0')) throw invalidOption('$search', 'a term must have some text');
  return { any: wanted.map((field) => ({ field, operator: 'contains', value })) };
}
