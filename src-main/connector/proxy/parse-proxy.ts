import type { ProxyCredentials, ProxyRoute, ProxyServer } from './proxy-route.ts';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Reads `http://[user:password@]proxy:3128`, or `proxy:3128`. @returns null where it is no address of a proxy for CONNECT */
export function parseProxyUrl(text: string): ProxyServer | null {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || url.hostname === '' || url.search !== '' || url.hash !== '' || url.pathname !== '/') return null;
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) return null;
  const credentials =
    url.username === ''
      ? null
      : { userName: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return {
    isSecure: url.protocol === 'https:',
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    credentials,
  };
}

/**
 * Reads what a PAC script or Chromium answers (`PROXY a:3128; HTTPS b:443; DIRECT`).
 * @returns the ways that can be gone, and those that can't (SOCKS) as they stand
 */
export function parseProxyList(
  text: string,
  credentials: ProxyCredentials | null,
): { readonly routes: ProxyRoute[]; readonly unknown: string[] } {
  const routes: ProxyRoute[] = [];
  const unknown: string[] = [];
  for (const entry of text.split(';').map((part) => part.trim())) {
    if (entry === '') continue;
    const [, kind = '', address = ''] = /^(\S+)(?:\s+(\S+))?$/.exec(entry) ?? [];
    const scheme = { PROXY: 'http', HTTP: 'http', HTTPS: 'https' }[kind.toUpperCase()];
    const server = scheme === undefined ? null : parseProxyUrl(`${scheme}://${address}`);
    if (kind.toUpperCase() === 'DIRECT') routes.push('direct');
    else if (server === null) unknown.push(entry);
    else routes.push({ ...server, credentials });
  }
  return { routes, unknown };
}
