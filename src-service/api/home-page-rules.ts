import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
import type { ApplicationPresentation } from '../../src-shared/publishing/application-presentation.ts';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';
import { publishedAddresses } from '../../src-shared/publishing/published-addresses.ts';
import { wildcardLabel } from '../../src-shared/publishing/urls.ts';
import { type FieldProblem, fieldProblem } from '../../src-shared/errors/fields-error.ts';

const TARGET = 'web.homePageUrl';

/**
 * Inspects whether the home page of an application is one of its own pages, as Entra wants it: "My apps" leads people there.
 * @param onPremisesPublishing null where it isn't known what is published
 * @returns it in its canonical spelling, and what is wrong with it
 */
export function inspectHomePage(
  web: ApplicationPresentation['web'],
  onPremisesPublishing: OnPremisesPublishing | null,
): { readonly web: ApplicationPresentation['web']; readonly problems: readonly FieldProblem[] } {
  const { homePageUrl } = web;
  if (homePageUrl === null) return { web, problems: [] };
  const refuse = (reason: Reason): ReturnType<typeof inspectHomePage> => ({
    web,
    problems: [fieldProblem(TARGET, reason)],
  });
  const url = URL.parse(homePageUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return refuse(makeReason('homePageMalformed'));
  }
  const accepted = { web: { homePageUrl: url.href }, problems: [] };
  if (onPremisesPublishing === null) return accepted;
  const published = publishedAddresses({ id: '', onPremisesPublishing }).map(({ externalUrl }) => externalUrl);
  if (published.some((externalUrl) => isBelow(url, new URL(externalUrl)))) return accepted;
  return refuse(makeReason('homePageElsewhere', { published: published.join(', ') }));
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
