import { isMarked, unmarkTags } from './entity-tags.ts';

/** What can be decoded and encoded again. */
export const CONTENT_CODINGS = ['gzip', 'x-gzip', 'deflate', 'br', 'zstd'] as const;
const ACCEPTABLE = new Set<string>([...CONTENT_CODINGS, 'identity']);

/** The headers of a request whose response may be translated, and what has to be remembered of them. */
export interface TranslatedRequest {
  readonly headers: string[];
  /** Entity tags that were marked, as the backend knows them: a 304 with one of them is about a translated response. */
  readonly unmarkedTags: readonly string[];
}

/**
 * Lets the backend answer only with what can be translated, and gives it its own entity tags back. A range of a translated
 * response means nothing to its backend: with a marked `If-Range` the whole is asked for.
 * @param mark what the translation depends on.
 */
export function translateConditions(headers: readonly string[], mark: string): TranslatedRequest {
  const result: string[] = [];
  const unmarkedTags: string[] = [];
  let hasStale = false;
  let hasTags = false;
  let isRangeStale = false;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    switch (name.toLowerCase()) {
      case 'accept-encoding':
        result.push(name, acceptable(value));
        break;
      case 'if-none-match': {
        const tags = unmarkTags(value, mark);
        unmarkedTags.push(...tags.unmarked);
        if (tags.hasStale) hasStale = true;
        if (tags.value !== '') {
          hasTags = true;
          result.push(name, tags.value);
        }
        break;
      }
      case 'if-match':
        // About the resource, whatever the user saw of it: lost updates are found as before.
        result.push(name, unmarkTags(value, null).value);
        break;
      case 'if-range':
        if (isMarked(value)) isRangeStale = true;
        else result.push(name, value);
        break;
      default:
        result.push(name, value);
    }
  }
  if (isRangeStale) remove(result, 'range');
  // The user's copy is of another configuration: its age must not call it fresh.
  if (hasStale && !hasTags) remove(result, 'if-modified-since');
  return { headers: result, unmarkedTags };
}

/** `Accept-Encoding` without what can't be decoded here; `*` could be anything. */
function acceptable(value: string): string {
  const kept = value.split(',').filter((item) => {
    const [coding = '', ...parameters] = item.toLowerCase().split(';');
    if (coding.trim() === '*') return parameters.some((parameter) => /^\s*q\s*=\s*0(?:\.0*)?\s*$/.test(parameter));
    return ACCEPTABLE.has(coding.trim());
  });
  return kept.length === 0 ? 'identity' : kept.join(',').trim();
}

function remove(headers: string[], lowerName: string): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (headers[index]?.toLowerCase() === lowerName) headers.splice(index, 2);
  }
}
