import { MAX_URL_CHARACTERS, URL_PROBLEMS, type UrlProblemKey } from '../errors/url-problems.ts';

/**
 * The rules for the two URLs of an application or segment (B1, B2, B6). Both ends use them: the service refuses a bad one,
 * the desktop app says so while it is being typed.
 */

/** What is wrong with a URL, in words for the person who typed it. */
export interface UrlProblem {
  readonly reason:
    | 'empty'
    | 'malformed'
    | 'length'
    | 'scheme'
    | 'credentials'
    | 'query'
    | 'fragment'
    | 'trailingSlash'
    | 'ipHost'
    | 'hostName'
    | 'wildcard'
    | 'path';
  /** Which of the sentences: a catalogue has it in another language. */
  readonly key: UrlProblemKey;
  /** In English. */
  readonly message: string;
}

/** Which of the two URLs is meant; the rules differ a little. */
export type UrlKind = 'external' | 'internal';

const WILDCARD_PREFIX = '*.';
const SCHEME_AND_HOST = /^[a-z][a-z\d+.-]*:\/\/[^/]/i;
const IPV4_HOST = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const HOST_LABEL = /^[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/;
const MAX_HOST_CHARACTERS = 253;
/** What may stand for the `*` of a wildcard: a label of letters, digits and hyphens (RFC 1123 section 2.1). */
const WILDCARD_LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;
/** Sequences that two servers could read as different paths, and control octets. */
const AMBIGUOUS_PATH = /\\|%2e|%2f|%5c|%25|%[01][\da-f]|%7f|\/\.{1,2}(?:\/|$)|\/\/|%(?![\da-f]{2})/i;

function problem(reason: UrlProblem['reason'], key: UrlProblemKey): UrlProblem {
  return { reason, key, message: URL_PROBLEMS[key] };
}

/** Whether a host, as the URL parser spells it, is an IPv4 or IPv6 literal. */
export function isIpLiteral(hostname: string): boolean {
  return hostname.startsWith('[') || IPV4_HOST.test(hostname);
}

/** Whether a host, as the URL parser spells it, stands for every host below a domain (`*.apps.example.com`). */
export function isWildcardHost(hostname: string): boolean {
  return hostname.startsWith(WILDCARD_PREFIX);
}

/** The first thing wrong with `text` as an external or internal URL, or null where it can be used. */
export function findUrlProblem(text: string, kind: UrlKind, allowIpHosts: boolean): UrlProblem | null {
  return listUrlProblems(text, kind, allowIpHosts)[0] ?? null;
}

/** Everything wrong with `text` as an external or internal URL, in the order in which it stands there, more or less. */
export function listUrlProblems(text: string, kind: UrlKind, allowIpHosts: boolean): readonly UrlProblem[] {
  if (text.trim() === '') return [problem('empty', 'empty')];
  if (text.length > MAX_URL_CHARACTERS) {
    return [problem('length', 'length')];
  }
  if (/[\s\\]/.test(text) || !SCHEME_AND_HOST.test(text) || !URL.canParse(text)) {
    return [problem('malformed', 'malformed')];
  }
  const found: UrlProblem[] = [];
  const { protocol } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') {
    found.push(problem('scheme', 'scheme'));
  }
  if (text.includes('#')) found.push(problem('fragment', 'fragment'));
  if (text.includes('?')) found.push(problem('query', 'query'));
  const [, authority = '', path = ''] = /^[^/]*\/\/([^/?#]*)([^?#]*)/.exec(text) ?? [];
  if (authority.includes('@')) {
    found.push(problem('credentials', 'credentials'));
  }
  // Of a host behind another scheme the parser says less.
  const asHttp = text.replace(/^[^:]*/, protocol === 'https:' ? 'https' : 'http');
  const hostProblem = URL.canParse(asHttp) ? findHostProblem(new URL(asHttp).hostname, kind, allowIpHosts) : null;
  if (hostProblem !== null) found.push(hostProblem);
  if (!path.endsWith('/')) found.push(problem('trailingSlash', 'trailingSlash'));
  if (path.includes('*')) found.push(problem('wildcard', 'wildcardPlace'));
  if (AMBIGUOUS_PATH.test(path)) {
    found.push(problem('path', 'ambiguousPath'));
  }
  if (kind === 'external' && path.includes(';')) {
    found.push(problem('path', 'semicolon'));
  }
  return found;
}

function findHostProblem(hostname: string, kind: UrlKind, allowIpHosts: boolean): UrlProblem | null {
  if (isIpLiteral(hostname)) {
    if (kind === 'external') return problem('ipHost', 'ipAddress');
    return allowIpHosts ? null : problem('ipHost', 'ipNotAllowed');
  }
  const isWildcard = isWildcardHost(hostname);
  const name = isWildcard ? hostname.slice(WILDCARD_PREFIX.length) : hostname;
  if (name.includes('*')) return problem('wildcard', 'wildcardPlace');
  const labels = name.split('.');
  if (name.length > MAX_HOST_CHARACTERS || !labels.every((label) => HOST_LABEL.test(label))) {
    return problem('hostName', 'hostName');
  }
  if (isWildcard && kind === 'external' && labels.length < 2) {
    return problem('wildcard', 'wildcardDomain');
  }
  return null;
}

/** What is wrong with two URLs, each right by itself, as a pair: a wildcard stands on both sides or on neither (B6). */
export function findPairProblem(
  externalUrl: string,
  internalUrl: string,
): { readonly kind: UrlKind; readonly problem: UrlProblem } | null {
  const isExternalWildcard = isWildcardHost(new URL(externalUrl).hostname);
  if (isExternalWildcard === isWildcardHost(new URL(internalUrl).hostname)) return null;
  const kind = isExternalWildcard ? 'internal' : 'external';
  return { kind, problem: problem('wildcard', isExternalWildcard ? 'externalWildcard' : 'internalWildcard') };
}

/** The URL in the one spelling that is stored and compared: lower-case host, default port left out. */
export function canonicalUrl(text: string): string {
  return new URL(text).href;
}

/**
 * The label of `hostname` that stands for the `*` of a wildcard on the same domain: one label, with nothing in it that could
 * make another host of the one it is filled into. Null where there is none.
 * @param hostname lower case, no port
 */
export function wildcardLabel(hostname: string): string | null {
  const dot = hostname.indexOf('.');
  const label = hostname.slice(0, Math.max(dot, 0));
  if (!WILDCARD_LABEL.test(label)) return null;
  // URL parsers differ in which encoded names they take (RFC 5891 section 5.4).
  return label.startsWith('xn--') && !URL.canParse(`http://${label}.example/`) ? null : label;
}

/** A wildcard URL with the label in the place of its `*`. */
export function fillWildcard(wildcardUrl: string, label: string): string {
  return wildcardUrl.replace('*', label);
}
