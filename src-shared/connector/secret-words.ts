/** Words in a name whose value may let its holder in (B72). */
const SECRET_WORDS = new Set(
  (
    'token accesstoken idtoken refreshtoken secret clientsecret password passwd passphrase pwd pass key apikey sig ' +
    'signature code ticket assertion jwt bearer sid otp pin samlresponse samlrequest authorization auth session ' +
    'sessionid jsessionid phpsessid credential credentials csrf xsrf'
  ).split(' '),
);

/** What has the parts of a JSON Web Token. Each is read from its beginning alone, so that this takes linear time. */
const PARTS = /(?<![\w.-])[\w-]*(?:\.[\w-]*){2,}/g;
/** A JSON Web Token, which lets its holder in wherever it stands. */
const TOKEN_BEGIN = 'eyJ';

/** One long word of letters and digits: more likely a key than anything that a person needs to read. */
const KEY_LIKE = /^(?=.*\d)(?=.*[a-z])[\w+/=.~-]{24,}$/i;

export const SECRET_MARK = '[secret]';

/** Reads `access_token`, `accessToken`, `x-api-key` and the like by their words. */
export function hasSecretWord(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => SECRET_WORDS.has(word));
}

/** Whether a value looks like a key, whatever its name. */
export function isKeyLike(value: string): boolean {
  return KEY_LIKE.test(value);
}

/** The text with each token in it replaced. */
export function hideTokens(text: string): string {
  if (!text.includes(TOKEN_BEGIN)) return text;
  return text.replaceAll(PARTS, (parts) => (parts.includes(TOKEN_BEGIN) ? SECRET_MARK : parts));
}
