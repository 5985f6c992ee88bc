import type { ApplicationPresentation } from '../../src-shared/publishing/application-presentation.ts';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';
import { publishedAddresses } from '../../src-shared/publishing/published-addresses.ts';
import { wildcardLabel } from '../../src-shared/publishing/urls.ts';
import { FieldsError } from './api-errors.ts';

const TARGET = 'web.homePageUrl';

/**
 * Checks that the home page of an application is one of its own pages, as Entra wants it: "My apps" leads people there.
 * @returns it in its canonical spelling
 * @throws FieldsError naming what is published, when the home page or what is published has to change
 */
export function checkHomePage(
  { homePageUrl }: ApplicationPresentation['web'],
  onPremisesPublishing: OnPremisesPublishing,
): ApplicationPresentation['web'] {
  if (homePageUrl === null) return { homePageUrl };
  const url = URL.parse(homePageUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw refusal('must be an http:// or https:// URL without credentials, or null');
  }
  const published = publishedAddresses({ id: '', onPremisesPublishing }).map(({ externalUrl }) => externalUrl);
  if (published.some((externalUrl) => isBelow(url, new URL(externalUrl)))) return { homePageUrl: url.href };
  throw refusal(`must begin with what is published (${published.join(', ')}), or be null`);
}

function isBelow(url: URL, published: URL): boolean {
  if (url.protocol !== published.protocol || url.port !== published.port) return false;
  if (!isHostOf(url.hostname, published.hostname)) return false;
  return decodeOctets(url.pathname).startsWith(decodeOctets(published.pathname));
}

function isHostOf(hostname: string, published: string): boolean {
  if (!published.startsWith('*.')) return hostname === published;
  return wildcardLabel(hostname) !== null && hostname.slice(hostname.indexOf('.')) === published.slice(1);
}

function refusal(message: string): FieldsError {
  return new FieldsError([{ target: TARGET, message }]);
}
