/**
 * Names that must not stand behind a body (RFC 9110 section 6.5.1): a recipient that merges trailers with headers would let
 * them change framing, routing, authentication or how the body is read, after all decisions were made.
 */
const FORBIDDEN = new Set([
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'location',
  'max-forwards',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
]);
const OWN_OR_FORWARDED = /^x-(?:postern|forwarded)-/;
const NEITHER_LETTER_NOR_DIGIT = /[^a-z\d]/g;

/**
 * The trailers that may cross, in order and number, of a flat list; the list itself where all may.
 * @param withheld further names that may not, in lower case with `-` for all that is neither letter nor digit
 */
export function safeTrailers(trailers: readonly string[], withheld?: ReadonlySet<string>): readonly string[] {
  let kept: string[] | null = null;
  for (let index = 0; index < trailers.length; index += 2) {
    const name = trailers[index] as string;
    // CGI and its heirs make one variable of `X-A` and `X_A`.
    const canonical = name.toLowerCase().replace(NEITHER_LETTER_NOR_DIGIT, '-');
    const isWithheld = withheld?.has(canonical) === true;
    if (isWithheld || FORBIDDEN.has(canonical) || OWN_OR_FORWARDED.test(canonical)) kept ??= trailers.slice(0, index);
    else kept?.push(name, trailers[index + 1] as string);
  }
  return kept ?? trailers;
}
