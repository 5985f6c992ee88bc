import { copyOf } from './copy-of.ts';

/** The host that a request is for. */
export interface RequestHost {
  /** As it was sent, lower-cased, with its port where one was given. */
  readonly authority: string;
  /** Lower-cased, without the port. */
  readonly hostname: string;
}

const REGISTERED_NAME = /^[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*$/;
const IPV6_LITERAL = /^\[[\da-f:.]{2,45}\]$/;

/** Values that were read before: a service has few hosts. */
const MAX_KNOWN_HOSTS = 256;
const knownHosts = new Map<string, RequestHost>();

/**
 * Reads the Host of a request (RFC 9112 section 3.2).
 *
 * @param rawHeaders `name, value, name, value…`
 * @returns null when Host is missing, given twice, or no host name: the request must be answered 400
 */
export function parseHostHeader(rawHeaders: readonly string[]): RequestHost | null {
  let value: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (value !== undefined) return null;
    value = rawHeaders[index + 1];
  }
  if (value === undefined) return null;
  const known = knownHosts.get(value);
  if (known !== undefined) return known;
  const kept = copyOf(value);
  const host = parseAuthority(kept);
  if (host !== null) {
    // Whoever makes names up costs the others the reading of theirs, once.
    if (knownHosts.size >= MAX_KNOWN_HOSTS) knownHosts.clear();
    knownHosts.set(kept, host);
  }
  return host;
}

/** Splits `host[:port]`, or null where it is neither a host name nor an address. */
function parseAuthority(text: string): RequestHost | null {
  if (text.length === 0 || text.length > 261) return null;
  const authority = text.toLowerCase();
  const portStart = authority.startsWith('[') ? authority.indexOf(':', authority.indexOf(']')) : authority.indexOf(':');
  const hostname = portStart === -1 ? authority : authority.slice(0, portStart);
  if (portStart !== -1 && !isPort(authority.slice(portStart + 1))) return null;
  if (!REGISTERED_NAME.test(hostname) && !IPV6_LITERAL.test(hostname)) return null;
  return { authority, hostname };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536;
}
