import { redactUrl } from './redact-url.ts';
import { hasSecretWord, hideTokens, isKeyLike, SECRET_MARK } from './secret-words.ts';
import type { KeptHeader } from './traffic-heads.ts';

/** Headers of one head that are kept, and characters of a value (docs/limits.md). */
const MAX_HEADERS = 100;
const MAX_VALUE_CHARACTERS = 1024;
const MAX_COOKIES = 50;

/** Well known, and never what lets somebody in, though a word in the name may look so. */
const HARMLESS =
  /^(?:accept(?:-.*)?|access-control-.*|age|allow|alt-svc|cache-control|connection|content-.*|date|dnt|etag|expires|host|if-.*|keep-alive|last-modified|max-forwards|permissions-policy|pragma|priority|range|retry-after|sec-(?:ch|fetch|gpc)-?.*|sec-websocket-(?:accept|extensions|key|protocol|version)|server(?:-timing)?|strict-transport-security|te|trace(?:parent|state)|trailer|transfer-encoding|upgrade(?:-.*)?|user-agent|vary|via|x-content-type-options|x-forwarded-(?:for|host|port|proto)|x-frame-options|x-powered-by)$/;
/** Their values are addresses, or hold one. */
const WITH_ADDRESS: ReadonlySet<string> = new Set([
  'content-location',
  'destination',
  'link',
  'location',
  'origin',
  'referer',
  'refresh',
  'sourcemap',
]);
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/**
 * Headers as they may be kept and shown (B72). What is not known to be harmless is hidden where its name or its look say
 * that it may be a secret; of cookies and credentials their names and kinds stay.
 * @param flat `name, value, …`
 */
export function redactHeaders(flat: readonly (string | Uint8Array)[]): KeptHeader[] {
  const kept: KeptHeader[] = [];
  for (let index = 0; index + 1 < flat.length && kept.length < MAX_HEADERS; index += 2) {
    const name = toText(flat[index]);
    kept.push({ name, value: cut(redactValue(name.toLowerCase(), toText(flat[index + 1]))) });
  }
  return kept;
}

function redactValue(name: string, value: string): string {
  switch (name) {
    case 'cookie':
      return value.split(';').slice(0, MAX_COOKIES).map(hideCookie).join(';');
    case 'set-cookie': {
      const end = value.indexOf(';');
      return end === -1 ? hideCookie(value) : hideCookie(value.slice(0, end)) + hideTokens(value.slice(end));
    }
    case 'authorization':
    case 'proxy-authorization':
      return hideCredentials(value);
    case 'www-authenticate':
    case 'proxy-authenticate':
      // A challenge is public; the tokens of NTLM and Negotiate are a conversation.
      return /^(?:ntlm|negotiate) ./i.test(value) ? hideCredentials(value) : hideTokens(value);
  }
  if (WITH_ADDRESS.has(name)) return redactUrl(value);
  if (HARMLESS.test(name)) return hideTokens(value);
  if (hasSecretWord(name) || (isKeyLike(value) && !UUID.test(value))) return SECRET_MARK;
  return value.includes('?') ? redactUrl(value) : hideTokens(value);
}

function hideCookie(pair: string): string {
  const equals = pair.indexOf('=');
  return equals === -1 ? SECRET_MARK : `${pair.slice(0, equals)}=${SECRET_MARK}`;
}

function hideCredentials(value: string): string {
  const space = value.indexOf(' ');
  return space === -1 ? SECRET_MARK : `${value.slice(0, space)} ${SECRET_MARK}`;
}

function toText(text: string | Uint8Array | undefined): string {
  if (text === undefined || typeof text === 'string') return text ?? '';
  let characters = '';
  for (const octet of text) characters += String.fromCharCode(octet);
  return characters;
}

function cut(value: string): string {
  return value.length <= MAX_VALUE_CHARACTERS ? value : `${value.slice(0, MAX_VALUE_CHARACTERS)}…`;
}
