import { KnownNames } from '../../../src-shared/wire/known-names.ts';
import { isHopByHop, namesInConnection } from './hop-by-hop.ts';
import { translateLink } from './link-header.ts';
import { mapRequestTarget } from './request-target.ts';

/** How the headers of one application's requests change on the way to its backend. */
export interface RequestTranslation {
  /** The backend's own name, with its port where it isn't the default one (B24); null: it sees the external one (B25). */
  readonly internalAuthority: string | null;
  /** `http` or `https`, of the internal URL. */
  readonly internalScheme: string;
  /** Begin and end with `/`. */
  readonly internalPath: string;
  readonly externalPath: string;
}

interface HeaderName {
  readonly lower: string;
  /** Whether it goes on as it came, unless `Connection` names it. */
  readonly isOrdinary: boolean;
}
const SPECIAL = new Set(['host', 'expect', 'destination', 'if']);
const names = new KnownNames((name): HeaderName => {
  const lower = name.toLowerCase();
  return { lower, isOrdinary: !SPECIAL.has(lower) && !isHopByHop(lower, null) };
});

/** Scheme and authority, or none, and a path that follows. */
const PLACE = /^(?:(https?):\/\/([^/?#\\]+))?(\/.*)$/is;

/**
 * The headers of a request as the backend should see them: `Host` first and as the application wants it (B24, B25),
 * hop-by-hop ones left out, the places that WebDAV's `Destination` and `If` name (RFC 4918, sections 10.3 and 10.4) moved to
 * the internal address, all else in order and number as it came. `Expect` ends at the service, which asks for the body when
 * the request is taken. `Origin` and `Referer` stay external, as with Entra: they name the page that the user is on.
 * @param isUpgrade keeps `Upgrade` and `Connection`.
 */
export function translateRequestHeaders(
  headers: readonly string[],
  translation: RequestTranslation,
  request: { readonly authority: string; readonly isUpgrade: boolean },
): string[] {
  const { authority, isUpgrade } = request;
  const named = isUpgrade ? null : namesInConnection(headers);
  const result = ['host', translation.internalAuthority ?? authority];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    let value = headers[index + 1] as string;
    const { lower: lowerName, isOrdinary } = names.of(name);
    if (isOrdinary && named === null) {
      result.push(name, value);
      continue;
    }
    if (lowerName === 'host' || lowerName === 'expect') continue;
    if (isHopByHop(lowerName, named)) {
      if (!(isUpgrade && (lowerName === 'upgrade' || lowerName === 'connection'))) continue;
    } else if (lowerName === 'destination') {
      value = toInternal(value, translation, authority) ?? value;
    } else if (lowerName === 'if') {
      value = translateLink(value, (place) => toInternal(place, translation, authority));
    }
    result.push(name, value);
  }
  return result;
}

/** The internal address of a place in the application itself, whole or a path alone as it was; null for any other. */
function toInternal(place: string, translation: RequestTranslation, authority: string): string | null {
  const match = PLACE.exec(place);
  if (match === null) return null;
  const [, scheme, host, path = ''] = match;
  if (host !== undefined && host.toLowerCase() !== authority.toLowerCase()) return null;
  const { internalAuthority, internalScheme, internalPath, externalPath } = translation;
  const mapped = mapRequestTarget(path, externalPath, internalPath);
  if (mapped === null || host === undefined) return mapped;
  return internalAuthority === null
    ? `${scheme}://${host}${mapped}`
    : `${internalScheme}://${internalAuthority}${mapped}`;
}
