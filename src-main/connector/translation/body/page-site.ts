import type { PublishedUrls } from '../../../../src-shared/publishing/published-addresses.ts';
import type { UrlMap } from '../url-map.ts';
import type { PageSite } from './page-links.ts';

/** What the pages of an application are translated against. */
export function makePageSite(own: PublishedUrls, urlMap: UrlMap): PageSite {
  const internalOrigin = new URL(own.internalUrl).origin;
  const externalOrigin = new URL(own.externalUrl).origin;
  const folders = urlMap.foldersOf(internalOrigin);
  const isMoved = folders.some(({ path, externalUrl }) => externalUrl !== externalOrigin + path);
  const movedFolders = isMoved ? folders.map(({ path }) => path) : [];
  return { urlMap, ownUrl: own.externalUrl, internalOrigin, externalOrigin, movedFolders };
}
