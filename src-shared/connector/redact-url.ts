import { hasSecretWord, hideTokens, SECRET_MARK } from './secret-words.ts';

/** The longest URL that is kept; what is beyond says nothing more to a person. */
const MAX_URL_CHARACTERS = 2048;

/** The URL with the values of parameters that look like secrets, and all tokens, replaced by `[secret]`, cut to a bounded length. */
export function redactUrl(givenUrl: string): string {
  const url = hideTokens(givenUrl);
  const queryStart = url.indexOf('?');
  if (queryStart === -1) return cut(url);
  const pairs = url.slice(queryStart + 1).split('&');
  let isChanged = false;
  for (const [index, pair] of pairs.entries()) {
    const equals = pair.indexOf('=');
    if (equals === -1 || equals === pair.length - 1) continue;
    const name = pair.slice(0, equals);
    if (!hasSecretWord(decode(name))) continue;
    pairs[index] = `${name}=${SECRET_MARK}`;
    isChanged = true;
  }
  return cut(isChanged ? `${url.slice(0, queryStart)}?${pairs.join('&')}` : url);
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function cut(url: string): string {
  return url.length <= MAX_URL_CHARACTERS ? url : `${url.slice(0, MAX_URL_CHARACTERS)}…`;
}
