import type { PublishedUrls } from '../../../../src-shared/publishing/published-addresses.ts';
import type { UrlMap } from '../url-map.ts';
import type { AddressPrefix, PageSite } from './page-links.ts';

/** What the pages of an application are translated against. */
export function makePageSite(own: PublishedUrls, urlMap: UrlMap): PageSite {
  const internalOrigin = new URL(own.internalUrl).origin;
  const externalOrigin = new URL(own.externalUrl).origin;
  const folders = urlMap.foldersOf(internalOrigin);
  const isMoved = folders.some(({ path, externalUrl }) => externalUrl !== externalOrigin + path);
  const movedFolders = isMoved ? folders.map(({ path }) => path) : [];
  const ownPrefix = folders.length === 1 ? makePrefix(own) : null;
  return { urlMap, ownUrl: own.externalUrl, internalOrigin, externalOrigin, movedFolders, ownPrefix };
}

function makePrefix({ internalUrl, externalUrl }: PublishedUrls): AddressPrefix | null {
  const from = new URL(internalUrl).href;
  const to = new URL(externalUrl).href;
  return /[^\w:/.%~-]/.test(from + to) ? null : { from: Buffer.from(from, 'latin1'), to };
}
