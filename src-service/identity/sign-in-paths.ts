/** The stations of a sign-in. `START` and `COMPLETE` are on the application's host, the others on the service's own. */
export const SIGN_IN_PATHS = {
  start: '/.postern/signin/start',
  begin: '/.postern/signin/begin',
  callback: '/.postern/signin/callback',
  complete: '/.postern/signin/complete',
} as const;

/**
 * Where a provider sends its answers. Each has a path of its own, so that an answer of one never passes for another's, whether
 * or not they say `iss` (RFC 9700 section 4.4.2). The default one (null) has the bare path.
 */
export function callbackPath(providerId: string | null): string {
  return providerId === null ? SIGN_IN_PATHS.callback : `${SIGN_IN_PATHS.callback}/${providerId}`;
}

/** Whether a path is that of a provider's answers, of one that is configured or not. */
export function isCallbackPath(path: string): boolean {
  return path === SIGN_IN_PATHS.callback || path.startsWith(`${SIGN_IN_PATHS.callback}/`);
}
