/**
 * Entity tags of translated responses. A tag names the backend's octets, not those that the user gets: so the user's is
 * weak, and marked with what the translation depends on, and the backend gets its own back (docs/adr).
 */
const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const LISTED_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
/** `s`: the backend's was strong; `w`: weak. */
const MARKED = /^(?:W\/)?"(.*)--([sw])([\w-]{8})"$/s;

/** The tag under which a translated response goes out; null for one that is none. */
export function markTag(tag: string, mark: string): string | null {
  const match = TAG.exec(tag.trim());
  return match === null ? null : `W/"${match[2]}--${match[1] === undefined ? 's' : 'w'}${mark}"`;
}

/** A condition of a request as its backend understands it. */
export interface UnmarkedTags {
  /** Empty where nothing is left. */
  readonly value: string;
  /** Tags that were marked, as their backend knows them. */
  readonly unmarked: readonly string[];
  /** Whether tags were left out since they were marked for another configuration. */
  readonly hasStale: boolean;
}

/**
 * Takes the marks off the tags of `If-None-Match` or `If-Match`.
 * @param mark leaves out tags that are marked otherwise; null takes any mark.
 */
export function unmarkTags(value: string, mark: string | null): UnmarkedTags {
  const kept: string[] = [];
  const unmarked: string[] = [];
  let hasStale = false;
  const tags = value.match(LISTED_TAG);
  if (tags === null) return { value, unmarked, hasStale };
  for (const tag of tags) {
    const match = MARKED.exec(tag);
    if (match === null) {
      kept.push(tag);
    } else if (mark === null || match[3] === mark) {
      const own = `${match[2] === 'w' ? 'W/' : ''}"${match[1]}"`;
      kept.push(own);
      unmarked.push(own);
    } else {
      hasStale = true;
    }
  }
  return { value: kept.join(', '), unmarked, hasStale };
}

/** Whether a tag bears any mark of ours. */
export function isMarked(tag: string): boolean {
  return MARKED.test(tag.trim());
}
