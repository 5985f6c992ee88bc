/**
 * The rules for the two URLs of an application (B1, B2). Both ends use them: the service refuses a bad one, the desktop
 * app says so while it is being typed.
 */

/** What is wrong with a URL, in words for the person who typed it. */
export interface UrlProblem {
  readonly reason:
    | 'empty'
    | 'malformed'
    | 'scheme'
    | 'credentials'
    | 'query'
    | 'fragment'
    | 'trailingSlash'
    | 'ipHost'
    | 'path';
  readonly message: string;
}

/** Which of the two URLs is meant; the rules differ a little. */
export type UrlKind = 'external' | 'internal';

const IPV4_HOST = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** Sequences that two servers could read as different paths. */
const AMBIGUOUS_PATH = /\\|%2e|%2f|%5c|%25|%00|\/\.{1,2}(?:\/|$)|\/\//i;

function problem(reason: UrlProblem['reason'], message: string): UrlProblem {
  return { reason, message };
}

/** Whether a host, as the URL parser spells it, is an IPv4 or IPv6 literal. */
export function isIpLiteral(hostname: string): boolean {
  return hostname.startsWith('[') || IPV4_HOST.test(hostname);
}

/** The first thing wrong with `text` as an external or internal URL, or null where it can be used. */
export function findUrlProblem(text: string, kind: UrlKind, allowIpHosts: boolean): UrlProblem | null {
  if (text.trim() === '') return problem('empty', 'Enter an address that begins with http:// or https://.');
  if (/[\s\\]/.test(text) || !URL.canParse(text)) {
    return problem('malformed', 'This is not a valid address. It looks like https://name.example.com/.');
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return problem('scheme', 'The address must begin with http:// or https://.');
  }
  if (url.username !== '' || url.password !== '') {
    return problem('credentials', 'Take the user name and password out of the address.');
  }
  if (text.includes('#')) return problem('fragment', 'Take the part from # on out of the address.');
  if (text.includes('?')) return problem('query', 'Take the part from ? on out of the address.');
  if (isIpLiteral(url.hostname) && (kind === 'external' || !allowIpHosts)) {
    return kind === 'external'
      ? problem('ipHost', 'Users need a host name here, not an IP address.')
      : problem('ipHost', 'An IP address is refused unless IP hosts are allowed for this application.');
  }
  const authorityEnd = text.indexOf('/', url.protocol.length + 2);
  if (authorityEnd === -1 || !text.endsWith('/')) {
    return problem('trailingSlash', 'The address must end in /.');
  }
  if (AMBIGUOUS_PATH.test(text.slice(authorityEnd))) {
    return problem('path', 'The path contains a sequence that servers read differently, such as // or %2e.');
  }
  return null;
}

/** The URL in the one spelling that is stored and compared: lower-case host, default port left out. */
export function canonicalUrl(text: string): string {
  return new URL(text).href;
}
