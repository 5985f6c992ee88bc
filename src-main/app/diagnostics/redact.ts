import { redactUrl } from '../../../src-shared/connector/redact-url.ts';

/** What stands in place of a secret. */
const SECRET = '[secret]';

/** Headers whose values let their bearers in. */
const SECRET_HEADERS = /^(?:set-)?cookie2?$|^(?:proxy-)?authorization$|^www-authenticate$|^x-postern-jwt-assertion$/i;

/** Words in the name of a field or parameter whose value is nobody else's. */
const SECRET_WORDS = new Set(
  (
    'token tokens accesstoken idtoken refreshtoken secret secrets clientsecret password passwords passwd passphrase pwd pass ' +
    'apikey assertion jwt bearer samlresponse samlrequest credential credentials authorization cookie cookies ticket ' +
    'sid sessionid jsessionid phpsessid signature sig otp pin'
  ).split(' '),
);
const SECRET_KEYS = /(?:private|api|sealing|signing|shared|access|account|encryption).?key/i;

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
/** What has parts like a JSON Web Token; each is read from its beginning alone, so that a log of them takes linear time. */
const PARTS = /(?<![\w.-])[\w-]*(?:\.[\w-]*)+/g;
/** A part of JSON Web Tokens, signed or encrypted, begins so, has at least so many characters from there, and another part behind it. */
const TOKEN_BEGIN = 'eyJ';
const MIN_TOKEN_PART_LENGTH = 8;
const ENROLMENT_TOKEN = /\bpet_[\w-]+/g;
/** In a log these stand in quotes within quotes, as often as somebody made a text of a text. */
const HEADER_LINE =
  /\b((?:set-)?cookie2?|(?:proxy-)?authorization)(\\*["']?\s*[:=,]\s*)(?:\[[^\]]*\]|\\*"[^"\\\r\n]*|\\*'[^'\\\r\n]*|[^"'\\\r\n]+)/gi;
const SCHEME = /\b(Bearer|Basic|Negotiate|NTLM|DPoP|Digest)\s+([\w+/=.~-]{6,})/gi;
const PAIR = /(?<![\w.-])([\w.-]{2,60})(\\*["']?\s*[=:]\s*\\*["']?)([^\s"'&,;\\<>]+)/g;
const USER_INFO = /((?<![a-z\d+.-])[a-z\d+.-]+:\/\/)[^\s/@"']+@/gi;
const URL_WITH_QUERY = /\bhttps?:\/\/[^\s"'<>\\]+/gi;
/** What a path with a query or fragment may stand in. */
const WORD = /[^\s"'<>\\]+/g;
const QUERY = /[?#]./;
const ADDRESS = /(?<![\w.+-])[\w.+-]{1,128}@[\w-]+(?:\.[\w-]+)+/g;

/** Shorter ones are found everywhere. */
const MIN_SECRET_LENGTH = 6;

/** A text without tokens, keys, cookies and passwords, wherever they stand in it. Says nothing of people: see `redactPersonal`. */
export function redactSecrets(text: string): string {
  return text
    .replace(PRIVATE_KEY, SECRET)
    .replace(PARTS, (parts) => (hasToken(parts) ? SECRET : parts))
    .replace(ENROLMENT_TOKEN, SECRET)
    .replace(HEADER_LINE, `$1$2${SECRET}`)
    .replace(SCHEME, `$1 ${SECRET}`)
    .replace(USER_INFO, `$1${SECRET}@`)
    .replace(URL_WITH_QUERY, redactUrl)
    .replace(PAIR, (pair, name: string, separator: string) =>
      isSecretName(name) ? `${name}${separator}${SECRET}` : pair,
    );
}

/** Looks at each character but once: a search for the whole at every place would take quadratic time. */
function hasToken(parts: string): boolean {
  return parts
    .split('.')
    .slice(0, -1)
    .some((part) => {
      const begin = part.indexOf(TOKEN_BEGIN);
      return begin !== -1 && part.length - begin >= MIN_TOKEN_PART_LENGTH;
    });
}

/** A text without what may name a person: queries, fragments, mail addresses and user principal names. */
export function redactPersonal(text: string): string {
  return text.replace(WORD, withoutQuery).replace(ADDRESS, '[person]');
}

function withoutQuery(word: string): string {
  const path = word.indexOf('/');
  const query = path === -1 ? -1 : word.slice(path).search(QUERY);
  return query === -1 ? word : `${word.slice(0, path + query)}?[query]`;
}

/** Plain data with the same left out, fields of a secret name whole. */
export function redactData(value: unknown): unknown {
  if (typeof value === 'string') return redactSecrets(value);
  if (value instanceof Error) return redactSecrets(value.stack ?? String(value));
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    // Raw headers are names and values in turn.
    return items.map((item, index) => {
      const before = index % 2 === 1 ? items[index - 1] : null;
      const isValue = typeof before === 'string' && SECRET_HEADERS.test(before);
      return isValue ? SECRET : redactData(item);
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [name, hides(name, own) ? SECRET : redactData(own)]),
  );
}

/** Strikes out secrets that are known by heart, as they are and as they are written in URLs and in base64. */
export function strikeOut(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue;
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), btoaOf(secret)]) {
      clean = clean.replaceAll(form, SECRET);
    }
  }
  return clean;
}

/** A count, a time or a yes under such a name says nothing. */
function hides(name: string, value: unknown): boolean {
  const isTelling = typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null;
  return isTelling && (SECRET_HEADERS.test(name) || isSecretName(name));
}

function isSecretName(name: string): boolean {
  if (SECRET_KEYS.test(name)) return true;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => SECRET_WORDS.has(word));
}

function btoaOf(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}
