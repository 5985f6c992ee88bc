import type { ProxyCredentials, ProxyRoute, ProxyServer } from './proxy-route.ts';

const SCHEMES: Readonly<Record<string, { readonly scheme: ProxyServer['scheme']; readonly port: number }>> = {
  'http:': { scheme: 'http', port: 80 },
  'https:': { scheme: 'https', port: 443 },
  // Unlike curl's `socks5:`, names are always resolved by the proxy.
  'socks5:': { scheme: 'socks5', port: 1080 },
  'socks5h:': { scheme: 'socks5', port: 1080 },
  'socks:': { scheme: 'socks5', port: 1080 },
};
/** What PAC scripts call them; one of SOCKS that speaks version 4 alone can't be gone by. */
const KINDS: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks5',
  SOCKS5: 'socks5',
};

/** Reads `http://[user:password@]proxy:3128`, `socks5://proxy:1080`, or `proxy:3128`. @returns null where it is no address of a proxy */
export function parseProxyUrl(text: string): ProxyServer | null {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (
    url === null ||
    url.hostname === '' ||
    url.search !== '' ||
    url.hash !== '' ||
    (url.pathname !== '/' && url.pathname !== '')
  )
    return null;
  const known = SCHEMES[url.protocol];
  if (known === undefined) return null;
  const credentials =
    url.username === ''
      ? null
      : { userName: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return {
    scheme: known.scheme,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? known.port : Number(url.port),
    credentials,
  };
}

/**
 * Reads what a PAC script or Chromium answers (`PROXY a:3128; HTTPS b:443; DIRECT`).
 * @returns the ways that can be gone, and those that can't (SOCKS4) as they stand
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
    const scheme = KINDS[kind.toUpperCase()];
    const server = scheme === undefined ? null : parseProxyUrl(`${scheme}://${address}`);
    if (kind.toUpperCase() === 'DIRECT') routes.push('direct');
    else if (server === null) unknown.push(entry);
    else routes.push({ ...server, credentials });
  }
  return { routes, unknown };
}
