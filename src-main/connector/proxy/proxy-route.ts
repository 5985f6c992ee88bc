/** A proxy that opens connections on request: by CONNECT (RFC 9110 section 9.3.6), or by SOCKS5 (RFC 1928). */
export interface ProxyServer {
  /** How it is spoken to: `https` is CONNECT within TLS to the proxy itself. */
  readonly scheme: 'http' | 'https' | 'socks5';
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For Basic, or what SOCKS5 has for a password (RFC 1929); null for none. */
  readonly credentials: ProxyCredentials | null;
}

export interface ProxyCredentials {
  readonly userName: string;
  readonly password: string;
}

/** One way out of this network. */
export type ProxyRoute = 'direct' | ProxyServer;

/** Says by which ways an address may be reached, in the order in which they are tried. Never empty. */
export type FindRoutes = (url: URL) => Promise<readonly ProxyRoute[]>;

/** No proxy at all. */
export const directRoutes: FindRoutes = async () => ['direct'];

/** Every address by one proxy. */
export function fixedRoutes(server: ProxyServer): FindRoutes {
  return async () => [server];
}

/** A proxy as a person reads it. */
export function nameOfProxy({ hostname, port }: ProxyServer): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

/** RFC 7617; in UTF-8. */
export function basicAuthorization({ userName, password }: ProxyCredentials): string {
  return `Basic ${Buffer.from(`${userName}:${password}`, 'utf8').toString('base64')}`;
}
