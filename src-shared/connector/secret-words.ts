/** Words in a name whose value may let its holder in (B72). */
const SECRET_WORDS = new Set(
  (
    'token accesstoken idtoken refreshtoken secret clientsecret password passwd passphrase pwd pass key apikey sig ' +
    'signature code ticket assertion jwt bearer sid otp pin samlresponse samlrequest authorization auth session ' +
    'sessionid jsessionid phpsessid credential credentials csrf xsrf'
  ).split(' '),
);

/** A JSON Web Token, which lets its holder in wherever it stands. */
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

export const SECRET_MARK = '[secret]';

/** Reads `access_token`, `accessToken`, `x-api-key` and the like by their words. */
export function hasSecretWord(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => SECRET_WORDS.has(word));
}

/** The text with each token in it replaced. */
export function hideTokens(text: string): string {
  return text.includes('eyJ') ? text.replaceAll(TOKEN, SECRET_MARK) : text;
}
