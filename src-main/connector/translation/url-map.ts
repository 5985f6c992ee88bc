import { createHash } from 'node:crypto';
import type { PublishedUrls } from '../../../src-shared/publishing/published-addresses.ts';
import { fillWildcard, isWildcardHost, wildcardLabel } from '../../../src-shared/publishing/urls.ts';

/** A folder of a backend that users reach at an external URL. */
export interface PublishedFolder {
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly externalUrl: string;
}

/** One published pair of addresses, taken apart. */
interface Entry extends PublishedFolder {
  /** `http` or `https`. */
  readonly scheme: string;
  /** Host and port as compared: lower case, no default port. */
  readonly authority: string;
  /** What stands instead, up to and with the last `/`; a `*` in its host is filled with the label that was there. */
  readonly externalUrl: string;
}

/** What a pair was taken apart into, for as long as the pair is the same object: configurations share most of theirs. */
const takenApart = new WeakMap<PublishedUrls, { readonly entry: Entry; readonly isWildcard: boolean }>();

/** Entries by authority, of wildcards by what follows the `*`, each list with the longest path first. */
interface Index {
  readonly exact: ReadonlyMap<string, readonly Entry[]>;
  readonly wildcard: ReadonlyMap<string, readonly Entry[]>;
}

/** `scheme:` (may be absent), authority, and the rest, byte for byte. */
const ABSOLUTE = /^(?:(https?):)?\/\/([^/?#\\]*)(.*)$/is;

/**
 * Turns internal addresses that are published into external ones. Knows every address of the tenant, since a backend may point
 * to another application; an exact host wins over a wildcard, then the longest path (B4, B5).
 */
export class UrlMap {
  readonly #addresses: readonly PublishedUrls[];
  #index: Index | null = null;
  #fingerprint: string | null = null;

  constructor(addresses: readonly PublishedUrls[]) {
    this.#addresses = addresses;
  }

  /** Made at its first use: configurations may change faster than anybody asks. */
  get #toExternal(): Index {
    this.#index ??= index(this.#addresses);
    return this.#index;
  }

  /**
   * The external address of an internal one; null where `url` is relative or points to nothing that is published.
   * Query, fragment and escapes stay byte for byte.
   * @param baseScheme scheme that a `//host/…` address stands under.
   * @param ownUrl external URL of the pair that the message belongs to: preferred where several pairs have one backend.
   */
  toExternal(url: string, baseScheme: string, ownUrl?: string): string | null {
    return replace(this.#toExternal, url, baseScheme, ownUrl);
  }

  /** A text that is another one whenever other addresses are published. */
  get fingerprint(): string {
    this.#fingerprint ??= fingerprintOf(this.#addresses);
    return this.#fingerprint;
  }

  /** Whether another map says the same. */
  hasSameAddresses(other: UrlMap): boolean {
    const others = other.#addresses;
    return (
      others.length === this.#addresses.length &&
      this.#addresses.every(
        (each, index) =>
          each === others[index] ||
          (each.externalUrl === others[index]?.externalUrl && each.internalUrl === others[index].internalUrl),
      )
    );
  }

  /** The published folders of an internal origin (`http://host:port`), and the external URL of each. */
  foldersOf(origin: string): readonly PublishedFolder[] {
    const { host, protocol } = new URL(origin);
    const label = wildcardLabel(host);
    const exact = this.#toExternal.exact.get(host) ?? [];
    const wildcard = label === null ? [] : (this.#toExternal.wildcard.get(host.slice(label.length)) ?? []);
    return [
      ...exact.filter(({ scheme }) => `${scheme}:` === protocol),
      ...wildcard
        .filter(({ scheme }) => `${scheme}:` === protocol)
        .map(({ path, externalUrl }) => ({ path, externalUrl: fillWildcard(externalUrl, label ?? '') })),
    ];
  }
}

function fingerprintOf(addresses: readonly PublishedUrls[]): string {
  const urls = addresses.map(({ externalUrl, internalUrl }) => JSON.stringify([externalUrl, internalUrl])).toSorted();
  return createHash('sha256').update(urls.join()).digest('base64url');
}

function index(addresses: readonly PublishedUrls[]): Index {
  const exact = new Map<string, Entry[]>();
  const wildcard = new Map<string, Entry[]>();
  for (const address of addresses) {
    const { entry, isWildcard } = takeApart(address);
    const byAuthority = isWildcard ? wildcard : exact;
    const entries = byAuthority.get(entry.authority);
    if (entries === undefined) byAuthority.set(entry.authority, [entry]);
    else entries.push(entry);
  }
  for (const entries of [...exact.values(), ...wildcard.values()]) {
    // Of equals the choice must not depend on the order in which they became known.
    entries.sort(
      (left, right) => right.path.length - left.path.length || (left.externalUrl < right.externalUrl ? -1 : 1),
    );
  }
  return { exact, wildcard };
}

function takeApart(address: PublishedUrls): { readonly entry: Entry; readonly isWildcard: boolean } {
  const known = takenApart.get(address);
  if (known !== undefined) return known;
  const url = new URL(address.internalUrl);
  const isWildcard = isWildcardHost(url.hostname);
  const entry = {
    scheme: url.protocol.slice(0, -1),
    authority: isWildcard ? url.host.slice(1) : url.host,
    path: url.pathname,
    externalUrl: new URL(address.externalUrl).href,
  };
  const parts = { entry, isWildcard };
  takenApart.set(address, parts);
  return parts;
}

function replace(map: Index, url: string, baseScheme: string, ownUrl: string | undefined): string | null {
  const match = ABSOLUTE.exec(url);
  if (match === null) return null;
  const scheme = (match[1] ?? baseScheme).toLowerCase();
  const authority = comparableAuthority(match[2] ?? '', scheme);
  const rest = match[3] ?? '';
  const entries = map.exact.get(authority);
  const replaced = entries === undefined ? null : replaceFolder(entries, scheme, rest, ownUrl);
  if (replaced !== null || map.wildcard.size === 0) return replaced;

  const label = wildcardLabel(authority);
  const wildcards = label === null ? undefined : map.wildcard.get(authority.slice(label.length));
  if (label === null || wildcards === undefined) return null;
  // A pair has wildcards on both sides, so that the first * is that of the host.
  return replaceFolder(wildcards, scheme, rest, ownUrl)?.replace('*', label) ?? null;
}

function replaceFolder(
  entries: readonly Entry[],
  scheme: string,
  rest: string,
  ownUrl: string | undefined,
): string | null {
  const pathEnd = rest.search(/[?#]/);
  const path = pathEnd === -1 ? rest : rest.slice(0, pathEnd);
  let best: Entry | null = null;
  for (const entry of entries) {
    if (best !== null && entry.path.length < best.path.length) break;
    if (entry.scheme !== scheme || !isWithin(path, entry.path)) continue;
    if (entry.externalUrl === ownUrl) {
      best = entry;
      break;
    }
    best ??= entry;
  }
  if (best === null) return null;
  if (path.startsWith(best.path)) return best.externalUrl + rest.slice(best.path.length);
  // The published folder itself, named with no slash at its end.
  return (path === '' ? best.externalUrl : best.externalUrl.slice(0, -1)) + rest.slice(path.length);
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder) || path === folder.slice(0, -1);
}

function comparableAuthority(authority: string, scheme: string): string {
  const lower = authority.toLowerCase();
  const defaultPort = scheme === 'https' ? ':443' : ':80';
  return lower.endsWith(defaultPort) ? lower.slice(0, -defaultPort.length) : lower;
}
