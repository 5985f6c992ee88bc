import { isHopByHop, namesInConnection } from './hop-by-hop.ts';
import type { UrlMap } from './url-map.ts';

/** How the headers of one application's requests change on the way to its backend. */
export interface RequestTranslation {
  readonly urlMap: UrlMap;
  /** The backend's own name, with its port where it isn't the default one (B24); null: it sees the external one (B25). */
  readonly internalAuthority: string | null;
}

/**
 * The headers of a request as the backend should see them: `Host` first and as the application wants it (B24, B25),
 * hop-by-hop ones left out, WebDAV's `Destination` (RFC 4918, section 10.3) moved to the internal address, all else in
 * order and number as it came. `Expect` ends at the service, which asks for the body when the request is taken. `Origin` and
 * `Referer` stay external: they name the page that the user is on.
 * @param isUpgrade keeps `Upgrade` and `Connection`.
 */
export function translateRequestHeaders(
  headers: readonly string[],
  translation: RequestTranslation,
  request: { readonly authority: string; readonly scheme: string; readonly isUpgrade: boolean },
): string[] {
  const named = request.isUpgrade ? null : namesInConnection(headers);
  const result = ['host', translation.internalAuthority ?? request.authority];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    let value = headers[index + 1] as string;
    const lowerName = name.toLowerCase();
    if (lowerName === 'host' || lowerName === 'expect') continue;
    if (isHopByHop(lowerName, named)) {
      if (!(request.isUpgrade && (lowerName === 'upgrade' || lowerName === 'connection'))) continue;
    } else if (lowerName === 'destination' && translation.internalAuthority !== null) {
      value = translation.urlMap.toInternal(value, request.scheme) ?? value;
    }
    result.push(name, value);
  }
  return result;
}
