import type { ConnectorApplication } from '../../../src-shared/publishing/connector-configuration.ts';

/** One published pair of addresses, taken apart. */
interface Entry {
  /** `http` or `https`. */
  readonly scheme: string;
  /** Host and port as compared: lower case, no default port. */
  readonly authority: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  /** What stands instead, up to and with the last `/`. */
  readonly replacement: string;
}

/** `scheme:` (may be absent), authority, and the rest, byte for byte. */
const ABSOLUTE = /^(?:(https?):)?\/\/([^/?#\\]*)(.*)$/is;

/**
 * Turns internal addresses of published applications into external ones. Knows all applications of the connector's group, since a
 * backend may redirect to another one; the longest path wins (B4).
 */
export class UrlMap {
  readonly #toExternal: ReadonlyMap<string, readonly Entry[]>;

  constructor(applications: readonly ConnectorApplication[]) {
    this.#toExternal = index(applications.map((application) => [application.internalUrl, application.externalUrl]));
  }

  /**
   * The external address of an internal one; null where `url` is relative or points to nothing that is published.
   * Query, fragment and escapes stay byte for byte.
   * @param baseScheme scheme that a `//host/…` address stands under.
   */
  toExternal(url: string, baseScheme: string): string | null {
    return replace(this.#toExternal, url, baseScheme);
  }
}

function index(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly Entry[]> {
  const byAuthority = new Map<string, Entry[]>();
  for (const [from, to] of pairs) {
    const url = new URL(from);
    const entry = {
      scheme: url.protocol.slice(0, -1),
      authority: url.host,
      path: url.pathname,
      replacement: new URL(to).href,
    };
    const entries = byAuthority.get(entry.authority);
    if (entries === undefined) byAuthority.set(entry.authority, [entry]);
    else entries.push(entry);
  }
  for (const entries of byAuthority.values()) entries.sort((left, right) => right.path.length - left.path.length);
  return byAuthority;
}

function replace(map: ReadonlyMap<string, readonly Entry[]>, url: string, baseScheme: string): string | null {
  const match = ABSOLUTE.exec(url);
  if (match === null) return null;
  const scheme = (match[1] ?? baseScheme).toLowerCase();
  const entries = map.get(comparableAuthority(match[2] ?? '', scheme));
  if (entries === undefined) return null;
  const rest = match[3] ?? '';
  const pathEnd = rest.search(/[?#]/);
  const path = pathEnd === -1 ? rest : rest.slice(0, pathEnd);
  for (const entry of entries) {
    if (entry.scheme !== scheme) continue;
    if (path.startsWith(entry.path)) return entry.replacement + rest.slice(entry.path.length);
    // The published folder itself, named with no slash at its end.
    if (path === entry.path.slice(0, -1)) {
      const bare = path === '' ? entry.replacement : entry.replacement.slice(0, -1);
      return bare + rest.slice(path.length);
    }
  }
  return null;
}

function comparableAuthority(authority: string, scheme: string): string {
  const lower = authority.toLowerCase();
  const defaultPort = scheme === 'https' ? ':443' : ':80';
  return lower.endsWith(defaultPort) ? lower.slice(0, -defaultPort.length) : lower;
}
