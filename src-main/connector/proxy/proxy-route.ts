/** A proxy that opens connections on request (CONNECT, RFC 9110 section 9.3.6). */
export interface ProxyServer {
  /** Whether TLS is spoken to the proxy itself. */
  readonly isSecure: boolean;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For Basic; null for none. */
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
