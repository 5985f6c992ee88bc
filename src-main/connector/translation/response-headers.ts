import type { ConnectorApplication } from '../../../src-shared/publishing/connector-configuration.ts';
import { KnownNames } from '../../../src-shared/wire/known-names.ts';
import { isHopByHop, namesInConnection } from './hop-by-hop.ts';
import { translateLink } from './link-header.ts';
import { translateRefresh } from './refresh-header.ts';
import { type CookieTranslation, translateSetCookie } from './set-cookie.ts';
import type { UrlMap } from './url-map.ts';

/** What the headers of one application's responses are read against. */
export interface ResponseTranslation {
  readonly urlMap: UrlMap;
  /** External URL of the pair of addresses that the response comes from. */
  readonly externalUrl: string;
  /** Scheme of the internal URL. */
  readonly internalScheme: string;
  /** Whether addresses are translated (B26); cookies always are. */
  readonly translatesUrls: boolean;
  readonly cookies: CookieTranslation;
}

/** What the responses of one pair of addresses are read against; worked out once, not for each response. */
export function makeResponseTranslation(
  application: Pick<ConnectorApplication, 'internalUrl' | 'externalUrl' | 'isTranslateHostHeaderEnabled'>,
  urlMap: UrlMap,
): ResponseTranslation {
  const internal = new URL(application.internalUrl);
  const external = new URL(application.externalUrl);
  return {
    urlMap,
    externalUrl: application.externalUrl,
    internalScheme: internal.protocol.slice(0, -1),
    translatesUrls: application.isTranslateHostHeaderEnabled,
    cookies: {
      internalHost: internal.hostname,
      externalHost: external.hostname,
      internalPath: internal.pathname,
      externalPath: external.pathname,
    },
  };
}

/**
 * Ours to say, not the backend's: where else the site can be reached (RFC 7838), which would lead past the service, and the
 * id under which the user finds the request (B33).
 */
const WITHHELD = new Set(['alt-svc', 'x-postern-activity-id']);
/** Cookies by these names are the service's own; a backend must not set them (B15), nor one without a name that reads like them. */
const OWN_COOKIE = /^\s*(?:=\s*)?(?:__host-|__secure-)?postern-/i;
interface HeaderName {
  readonly lower: string;
  readonly isWithheld: boolean;
  readonly isHopByHop: boolean;
  /** Whether its value may have to be translated. */
  readonly isTranslated: boolean;
}
const TRANSLATED = new Set(['set-cookie', 'location', 'content-location', 'link', 'refresh']);
const names = new KnownNames((name): HeaderName => {
  const lower = name.toLowerCase();
  return {
    lower,
    isWithheld: WITHHELD.has(lower),
    isHopByHop: isHopByHop(lower, null),
    isTranslated: TRANSLATED.has(lower),
  };
});
/** What a 101 must not have (RFC 9110 sections 8.6 and 15.2.2), since no body follows it. */
const FRAMING = new Set(['content-length', 'transfer-encoding']);

/**
 * The headers of a backend's response as its users should see them: hop-by-hop ones left out (B29), addresses (B26) and
 * cookies (B27) translated, all else in order and number as it came.
 * @param headers flat `name, value…`; as strings, or as the octets that undici hands out (read as ISO-8859-1).
 * @param isSwitching a 101 keeps `Upgrade` and `Connection`.
 */
export function translateResponseHeaders(
  headers: readonly (string | Buffer)[],
  translation: ResponseTranslation,
  isSwitching: boolean,
): string[] {
  const flat = toStrings(headers);
  const named = isSwitching ? null : namesInConnection(flat);
  const { urlMap, internalScheme, externalUrl } = translation;
  const translate = (url: string): string | null => urlMap.toExternal(url, internalScheme, externalUrl);
  const result: string[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = flat[index] as string;
    const value = flat[index + 1] as string;
    const { lower: lowerName, isWithheld, isHopByHop: isHop, isTranslated } = names.of(name);
    if (isWithheld) continue;
    if (isSwitching) {
      if (lowerName === 'connection') result.push(name, 'Upgrade');
      else if (lowerName === 'upgrade') result.push(name, value);
    }
    if (isHop || named?.has(lowerName) === true || (isSwitching && FRAMING.has(lowerName))) continue;
    if (lowerName === 'set-cookie' && OWN_COOKIE.test(value)) continue;
    result.push(name, isTranslated ? translateValue(lowerName, value, translation, translate) : value);
  }
  return result;
}

function translateValue(
  lowerName: string,
  value: string,
  translation: ResponseTranslation,
  translate: (url: string) => string | null,
): string {
  if (lowerName === 'set-cookie') return translateSetCookie(value, translation.cookies);
  if (!translation.translatesUrls) return value;
  switch (lowerName) {
    case 'location':
    case 'content-location':
      return translate(value) ?? value;
    case 'link':
      return translateLink(value, translate);
    case 'refresh':
      return translateRefresh(value, translate);
    default:
      return value;
  }
}

function toStrings(headers: readonly (string | Buffer)[]): readonly string[] {
  return typeof headers[0] === 'string'
    ? (headers as readonly string[])
    : headers.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
