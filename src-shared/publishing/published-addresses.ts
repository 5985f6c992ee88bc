import type { Application } from './application.ts';
import type { CorsConfiguration } from './segments.ts';

/** A pair of addresses: where users go, and the backend that they reach there. */
export interface PublishedUrls {
  readonly externalUrl: string;
  readonly internalUrl: string;
}

/** One pair of addresses of an application. */
export interface PublishedAddress extends PublishedUrls {
  /** By which requests through a tunnel name it: the application's id; of several addresses, that with the external URL. */
  readonly routeId: string;
  /** The external URLs of its segment, by which conditions name it. */
  readonly segmentUrls: readonly string[];
  readonly corsConfigurations: readonly CorsConfiguration[];
}

/**
 * All that an application publishes: its own pair of URLs, or where it has segments exactly those (B7), an alternate URL
 * being a pair of its own.
 */
export function publishedAddresses({
  id,
  onPremisesPublishing,
}: Pick<Application, 'id' | 'onPremisesPublishing'>): PublishedAddress[] {
  const { externalUrl, internalUrl, segmentsConfiguration } = onPremisesPublishing;
  const segments = segmentsConfiguration?.applicationSegments ?? [];
  if (segments.length === 0) {
    return [{ routeId: id, externalUrl, internalUrl, segmentUrls: [externalUrl], corsConfigurations: [] }];
  }
  return segments.flatMap(({ alternateUrl, corsConfigurations, ...segment }) => {
    const externalUrls = alternateUrl === null ? [segment.externalUrl] : [segment.externalUrl, alternateUrl];
    return externalUrls.map((url) => ({
      routeId: `${id} ${url}`,
      externalUrl: url,
      internalUrl: segment.internalUrl,
      segmentUrls: externalUrls,
      corsConfigurations,
    }));
  });
}
