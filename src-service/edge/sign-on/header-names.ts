import { isReservedHeader } from '../forwarded-headers.ts';

/**
 * What no setting may make a header of identity beside what is reserved anyhow: what frames, routes or conditions a message,
 * or is the browser's to say. Removing or replacing it would break requests.
 */
const REFUSED = new Set([
  ...[
    'trailer',
    'cookie2',
    'set-cookie',
    'www-authenticate',
    'via',
    'range',
    'date',
    'max-forwards',
    'location',
    'status',
  ],
  ...['origin', 'referer', 'user-agent', 'cache-control', 'pragma', 'traceparent', 'tracestate', 'http-host', 'if'],
  ...['destination', 'depth', 'overwrite', 'lock-token', 'upgrade-insecure-requests', 'x-requested-with', 'accept'],
]);
const REFUSED_BEGINNINGS = /^(?:accept|access-control|content|if|proxy|sec|x-http-method)-/;
const NEITHER_LETTER_NOR_DIGIT = /[^a-z\d]/g;

/** The one spelling that stands for all that a backend could take for the same name (B30): lower case, `-` for `_` and `.`. */
export function canonicalHeaderName(name: string): string {
  return name.toLowerCase().replace(NEITHER_LETTER_NOR_DIGIT, '-');
}

/** Whether a header of this name may say to a backend who the user is (B80). */
export function maySaySignOn(name: string): boolean {
  const canonical = canonicalHeaderName(name);
  return !isReservedHeader(canonical) && !REFUSED.has(canonical) && !REFUSED_BEGINNINGS.test(canonical);
}
