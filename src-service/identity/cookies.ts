/** The cookies of Postern on one host. A backend never sees them (B15). */
const OWN_COOKIE = /^(?:__Host-|__Secure-)?postern-/i;

/** Whether a cookie belongs to Postern and must not be forwarded. */
function isOwnCookie(name: string): boolean {
  return OWN_COOKIE.test(name);
}

/** The attributes that an application's settings choose (B16). */
export interface CookieAttributes {
  /** `Secure`, with the `__Host-` prefix; only over https. */
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  readonly sameSite: 'None' | 'Lax';
  /** Seconds to live; null for a cookie that ends with the browser; 0 removes it. */
  readonly maxAgeSeconds: number | null;
}

/** The full name of one of our cookies: `__Host-` ties it to the host alone, and browsers want `Secure` for it (RFC 6265bis 4.1.3). */
export function ownCookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-postern-${name}` : `postern-${name}`;
}

/** A `Set-Cookie` value. `value` must be made of cookie octets (base64url and dots are). */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes): string {
  let cookie = `${name}=${value}; Path=/`;
  if (attributes.maxAgeSeconds !== null) cookie += `; Max-Age=${attributes.maxAgeSeconds}`;
  if (attributes.isHttpOnly) cookie += '; HttpOnly';
  if (attributes.isSecure) cookie += '; Secure';
  // Without Secure, browsers refuse SameSite=None altogether.
  return `${cookie}; SameSite=${attributes.isSecure ? attributes.sameSite : 'Lax'}`;
}

/** A `Set-Cookie` value that removes a cookie. */
export function expireCookie(name: string, isSecure: boolean): string {
  return serializeCookie(name, '', { isSecure, isHttpOnly: true, sameSite: 'None', maxAgeSeconds: 0 });
}

const NO_VALUES: readonly string[] = [];

/** The value of a cookie in a `Cookie` header (RFC 6265 section 4.2.1), or undefined. The first one of that name counts. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let start = 0;
  while (start < header.length) {
    let end = header.indexOf(';', start);
    if (end === -1) end = header.length;
    while (header.charCodeAt(start) === 0x20) start++;
    if (header.startsWith(name, start) && header.charCodeAt(start + name.length) === 0x3d) {
      return header.slice(start + name.length + 1, end).trimEnd();
    }
    start = end + 1;
  }
  return undefined;
}

/** The values of all cookies of that name, as they stand. Browsers send those that another host of the domain set, too, and don't say so. */
export function readCookies(header: string | undefined, name: string): readonly string[] {
  const first = readCookie(header, name);
  // Most requests have one, and need no more work.
  if (first === undefined) return NO_VALUES;
  if (header === undefined || header.indexOf(name, header.indexOf(name) + 1) === -1) return [first];
  return header
    .split(';')
    .map((pair) => readCookie(pair, name))
    .filter((value) => value !== undefined);
}

/** The names of all cookies in a `Cookie` header that begin with `prefix`. */
export function listCookieNames(header: string | undefined, prefix: string): string[] {
  if (header === undefined) return [];
  return header
    .split(';')
    .map((pair) => pair.trim().split('=', 1)[0] ?? '')
    .filter((name) => name.startsWith(prefix));
}

/** The `Cookie` header without our own cookies; all else stays byte for byte. Null where nothing is left. */
export function withoutOwnCookies(header: string): string | null {
  if (!header.includes(';')) return isOwnCookie(header.trimStart()) ? null : header;
  if (!/postern-/i.test(header)) return header;
  const kept = header
    .split(';')
    .filter((pair) => !isOwnCookie(pair.trimStart()))
    .join(';')
    .trimStart();
  return kept === '' ? null : kept;
}
