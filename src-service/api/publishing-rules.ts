import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { canonicalUrl, findUrlProblem, isIpLiteral } from '../../src-shared/publishing/urls.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import { type FieldProblem, FieldsError } from './api-errors.ts';

/** What the rules for URLs need to know of the service. */
export interface PublishingRules {
  readonly addresses: ServiceAddresses;
  readonly additionalHosts: readonly string[];
}

/**
 * Checks the URLs of an application (B1, B2) and gives them in their canonical spelling.
 * @throws FieldsError naming each URL at fault
 */
export function checkUrls(publishing: OnPremisesPublishing, rules: PublishingRules): OnPremisesPublishing {
  const { externalUrl, internalUrl, allowIpHosts } = publishing;
  const problems: FieldProblem[] = [];
  const external =
    findUrlProblem(externalUrl, 'external', allowIpHosts)?.message ?? findPlaceProblem(externalUrl, rules);
  if (external !== null) problems.push({ target: 'onPremisesPublishing.externalUrl', message: external });
  const internal = findUrlProblem(internalUrl, 'internal', allowIpHosts);
  if (internal?.reason === 'ipHost' && isIpLiteral(new URL(internalUrl).hostname)) {
    problems.push({
      target: 'onPremisesPublishing.internalUrl',
      message: 'An IP address is refused as host. Use a host name, or set onPremisesPublishing.allowIpHosts to true.',
    });
  } else if (internal !== null) {
    problems.push({ target: 'onPremisesPublishing.internalUrl', message: internal.message });
  }
  if (problems.length > 0) throw new FieldsError(problems);
  return { ...publishing, externalUrl: canonicalUrl(externalUrl), internalUrl: canonicalUrl(internalUrl) };
}

/** An external URL must lead to this service, and not to its own pages. */
function findPlaceProblem(externalUrl: string, { addresses, additionalHosts }: PublishingRules): string | null {
  const url = new URL(externalUrl);
  if (url.hostname === addresses.hostname || additionalHosts.includes(url.hostname)) {
    return `${url.hostname} is the service's own host. Choose another host name for the application.`;
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (url.protocol === `${addresses.scheme}:` && port === addresses.port) return null;
  const isDefaultPort = addresses.port === (addresses.scheme === 'https' ? 443 : 80);
  const place = `${addresses.scheme}://${url.hostname}${isDefaultPort ? '' : `:${addresses.port}`}${url.pathname}`;
  return `The service doesn't listen there. Under this name it would be ${place}`;
}
