/** The longest URL that is kept; what is beyond says nothing more to a person. */
const MAX_URL_CHARACTERS = 2048;

/** Words in the name of a query parameter whose value may let its holder in (B72). */
const SECRET_WORDS = new Set(
  (
    'token accesstoken idtoken refreshtoken secret clientsecret password passwd passphrase pwd pass key apikey sig ' +
    'signature code ticket assertion jwt bearer sid otp pin samlresponse samlrequest authorization auth session ' +
    'sessionid jsessionid phpsessid credential credentials'
  ).split(' '),
);

/** A JSON Web Token, which lets its holder in wherever it stands. */
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** The URL with the values of parameters that look like secrets, and all tokens, replaced by `[secret]`, cut to a bounded length. */
export function redactUrl(givenUrl: string): string {
  const url = givenUrl.includes('eyJ') ? givenUrl.replaceAll(TOKEN, '[secret]') : givenUrl;
  const queryStart = url.indexOf('?');
  if (queryStart === -1) return cut(url);
  const pairs = url.slice(queryStart + 1).split('&');
  let isChanged = false;
  for (const [index, pair] of pairs.entries()) {
    const equals = pair.indexOf('=');
    if (equals === -1 || equals === pair.length - 1) continue;
    const name = pair.slice(0, equals);
    if (!looksSecret(name)) continue;
    pairs[index] = `${name}=[secret]`;
    isChanged = true;
  }
  return cut(isChanged ? `${url.slice(0, queryStart)}?${pairs.join('&')}` : url);
}

/** Reads `access_token`, `accessToken`, `x-api-key` and the like by their words. */
function looksSecret(encodedName: string): boolean {
  const words = decode(encodedName)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => SECRET_WORDS.has(word));
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
