import { expireCookie, listCookieNames, ownCookieName, readCookie, serializeCookie } from './cookies.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { SignInSite } from './sign-in-site.ts';

/** Each sign-in has cookies of its own: `bind` on the application's host, `signin` on the service's. */
type FlowCookieKind = 'bind' | 'signin';

export function flowCookieName(site: SignInSite, kind: FlowCookieKind, flowId: string): string {
  return ownCookieName(`${kind}-${flowId}`, site.cookie.isSecure);
}

/** `Set-Cookie` values for one flow's cookie; those of abandoned flows go when there are too many. */
export function flowCookie(
  site: SignInSite,
  kind: FlowCookieKind,
  flowId: string,
  value: string,
  cookieHeader: string | undefined,
): string[] {
  const { isSecure } = site.cookie;
  const open = listCookieNames(cookieHeader, ownCookieName(`${kind}-`, isSecure));
  const surplus = open.slice(0, Math.max(0, open.length + 1 - IDENTITY_LIMITS.parallelSignIns));
  const cookie = serializeCookie(flowCookieName(site, kind, flowId), value, {
    isSecure,
    isHttpOnly: true,
    sameSite: 'Lax',
    maxAgeSeconds: IDENTITY_LIMITS.signInMs / 1000,
  });
  return [cookie, ...surplus.map((name) => expireCookie(name, isSecure))];
}

/** The bind cookie of a flow under either name, and whether that is the one with the prefix. */
export function readBindCookie(
  cookieHeader: string | undefined,
  flowId: string,
): readonly [boolean, string | undefined] {
  const secure = readCookie(cookieHeader, ownCookieName(`bind-${flowId}`, true));
  if (secure !== undefined) return [true, secure];
  return [false, readCookie(cookieHeader, ownCookieName(`bind-${flowId}`, false))];
}
