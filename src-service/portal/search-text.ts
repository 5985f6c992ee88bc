/**
 * What people type and what they look for in one form: accents, case and width of letters make no difference. The page's
 * script does the same with what is typed.
 */
function foldText(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Whether each word of a search is somewhere in a text. An empty search finds everything. */
export function matchesSearch(search: string, text: string): boolean {
  const folded = foldText(text);
  return foldText(search)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}
