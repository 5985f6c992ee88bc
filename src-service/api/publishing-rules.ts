import type { Application, OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import type { ApplicationSegment, SegmentsConfiguration } from '../../src-shared/publishing/segments.ts';
import {
  type UrlKind,
  type UrlProblem,
  canonicalUrl,
  findPairProblem,
  isWildcardHost,
  listUrlProblems,
} from '../../src-shared/publishing/urls.ts';
import { listIdentityProviders } from '../config/identity-provider-configuration.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import { parseRequestTarget } from '../edge/request-target.ts';
import { externalAddress } from '../store/application-records.ts';
import { type FieldProblem, FieldsError } from './api-errors.ts';
import { findAccessProblems } from './conditional-access-rules.ts';
import { inspectHomePage } from './home-page-rules.ts';
import { findSignOnProblems } from './single-sign-on-rules.ts';

/** PEM of authorities, counted once for each segment. */
const MAX_SEGMENT_TRUST_CHARACTERS = 1_048_576;

/** What the rules for URLs need to know of the service. */
export interface PublishingRules {
  readonly addresses: ServiceAddresses;
  readonly additionalHosts: readonly string[];
  /** `aud` values of tokens that are the service's own business: its sign-in client and the admin API. */
  readonly ownAudiences: readonly string[];
  /** Of the configuration, the default one first. */
  readonly identityProviderIds: readonly string[];
}

export function publishingRulesOf(configuration: ServiceConfiguration, addresses: ServiceAddresses): PublishingRules {
  const { additionalHosts, administrators } = configuration;
  const providers = listIdentityProviders(configuration);
  const clientIds = providers.map(({ clientId }) => clientId);
  return {
    addresses,
    additionalHosts,
    identityProviderIds: providers.map(({ id }) => id),
    ownAudiences: [...clientIds, administrators.apiAudience, administrators.clientId],
  };
}

/** What is said of an application beside the schema: where it is published and where people begin. */
export type ApplicationSettings = Pick<Application, 'web' | 'onPremisesPublishing'>;

/** What the rules have to say of settings. */
export interface InspectedSettings {
  /** With the URLs that can be used in their canonical spelling. */
  readonly settings: ApplicationSettings;
  readonly problems: readonly FieldProblem[];
  /** Whether all URLs can be used, and fit together. */
  readonly areUrlsSound: boolean;
}

/**
 * Inspects the URLs of an application and of its segments (B1, B2, B6, B7), its home page, and what of its settings must fit
 * together: finds everything at once.
 * @param isRefused whether a field says nothing, since the schema refuses it; what depends on it is left alone
 */
export function inspectSettings(
  { web, onPremisesPublishing: publishing }: ApplicationSettings,
  rules: PublishingRules,
  isRefused: (target: string) => boolean = () => false,
): InspectedSettings {
  const check = new PublishingCheck(publishing.allowIpHosts, rules, isRefused);
  const urls = check.pair('', publishing);
  const segments = publishing.segmentsConfiguration;
  const segmentsConfiguration = segments === null ? null : check.segments(segments);
  if (segmentsConfiguration !== null) check.isCovered(urls, segmentsConfiguration);
  const areUrlsSound = check.areUrlsSound;
  const checked = { ...publishing, ...urls, segmentsConfiguration };
  check.translation(publishing);
  check.audiences(publishing);
  check.identityProvider(publishing);
  check.trustOfSegments(publishing);
  const knows = (...fields: readonly string[]): boolean =>
    fields.every((field) => !isRefused(`onPremisesPublishing.${field}`));
  if (knows('externalAuthenticationType')) check.problems.push(...findSignOnProblems(publishing));
  if (knows('externalAuthenticationType', 'segmentsConfiguration')) {
    check.problems.push(...findAccessProblems(checked));
  }
  const home = inspectHomePage(web, areUrlsSound ? checked : null);
  return {
    settings: { web: home.web, onPremisesPublishing: checked },
    problems: [...check.problems, ...home.problems],
    areUrlsSound,
  };
}

/** The settings as they are to be stored. @throws FieldsError naming each field at fault */
export function checkSettings(settings: ApplicationSettings, rules: PublishingRules): ApplicationSettings {
  const inspected = inspectSettings(settings, rules);
  if (inspected.problems.length > 0) throw new FieldsError(inspected.problems);
  return inspected.settings;
}

interface UrlPair {
  readonly externalUrl: string;
  readonly internalUrl: string;
}

/** One walk through the fields, which gathers what is wrong with them. */
class PublishingCheck {
  readonly problems: FieldProblem[] = [];
  readonly #allowIpHosts: boolean;
  readonly #rules: PublishingRules;
  readonly #isRefused: (target: string) => boolean;
  #areUrlsSound = true;

  constructor(allowIpHosts: boolean, rules: PublishingRules, isRefused: (target: string) => boolean) {
    this.#allowIpHosts = allowIpHosts;
    this.#rules = rules;
    this.#isRefused = isRefused;
    // Whether addresses may be what they are isn't known.
    if (this.#knowsNothingOf('segmentsConfiguration')) this.#areUrlsSound = false;
  }

  /** Whether all URLs that were looked at can be used, and fit together. */
  get areUrlsSound(): boolean {
    return this.#areUrlsSound;
  }

  /** Each segment carries the authorities to the connectors, whose configuration must stay small enough for one message. */
  trustOfSegments({ backendTrustedCertificates, segmentsConfiguration }: OnPremisesPublishing): void {
    const segments = segmentsConfiguration?.applicationSegments.length ?? 0;
    const most = Math.floor(MAX_SEGMENT_TRUST_CHARACTERS / Math.max(segments, 1));
    if ((backendTrustedCertificates?.length ?? 0) <= most) return;
    this.#report('backendTrustedCertificates', `With ${segments} segments it may have ${most} characters.`);
  }

  /** A token for the admin API must not open an application, whose backend might get to see it. */
  audiences({ accessTokenAudiences }: OnPremisesPublishing): void {
    for (const [index, audience] of accessTokenAudiences.entries()) {
      if (!this.#rules.ownAudiences.includes(audience)) continue;
      const message = `${audience} is the service's own. Register the application at the identity provider by itself.`;
      this.#report(`accessTokenAudiences.${index}`, message);
    }
  }

  identityProvider({ identityProviderId }: OnPremisesPublishing): void {
    const known = this.#rules.identityProviderIds;
    if (identityProviderId === null || known.includes(identityProviderId)) return;
    const message = `There is no identity provider ${identityProviderId}. There are: ${known.join(', ')}; null stands for the first.`;
    this.#report('identityProviderId', message);
  }

  translation(publishing: OnPremisesPublishing): void {
    if (!publishing.isTranslateLinksInScriptsEnabled || publishing.isTranslateLinksInBodyEnabled) return;
    if (this.#knowsNothingOf('isTranslateLinksInBodyEnabled')) return;
    const message =
      'Scripts are translated with pages only. Set onPremisesPublishing.isTranslateLinksInBodyEnabled to true, too.';
    this.#report('isTranslateLinksInScriptsEnabled', message);
  }

  pair(place: string, { externalUrl, internalUrl }: UrlPair): UrlPair {
    const external = this.#url(`${place}externalUrl`, externalUrl, 'external');
    const internal = this.#url(`${place}internalUrl`, internalUrl, 'internal');
    if (external !== null && internal !== null) {
      const found = findPairProblem(external, internal);
      if (found !== null) this.#reportUrl(`${place}${found.kind}Url`, found.problem.message);
    }
    return { externalUrl: external ?? externalUrl, internalUrl: internal ?? internalUrl };
  }

  segments({ applicationSegments }: SegmentsConfiguration): SegmentsConfiguration | null {
    if (applicationSegments.length === 0) return null;
    const seen = new Set<string>();
    return {
      applicationSegments: applicationSegments.map((segment, index) =>
        this.#segment(`segmentsConfiguration.applicationSegments.${index}.`, segment, seen),
      ),
    };
  }

  /** Only segments are published where there are some: the application's own URLs must say nothing else (B7). */
  isCovered({ externalUrl, internalUrl }: UrlPair, { applicationSegments }: SegmentsConfiguration): void {
    if (!this.#areUrlsSound || isWildcardHost(new URL(externalUrl).hostname)) return;
    const own = applicationSegments.find((segment) => segment.externalUrl === externalUrl);
    if (own === undefined) {
      const message = `With segments, only they are published. Make ${externalUrl} one of them, or put the external URL of one of them here.`;
      this.#reportUrl('externalUrl', message);
    } else if (own.internalUrl !== internalUrl) {
      this.#reportUrl('internalUrl', `The segment of ${externalUrl} has ${own.internalUrl} here.`);
    }
  }

  #segment(place: string, segment: ApplicationSegment, seen: Set<string>): ApplicationSegment {
    const urls = this.pair(place, segment);
    const alternateUrl = segment.alternateUrl === '' ? null : segment.alternateUrl;
    const alternate = alternateUrl && this.#url(`${place}alternateUrl`, alternateUrl, 'external');
    if (alternate !== null) {
      const found = URL.canParse(urls.internalUrl) ? findPairProblem(alternate, urls.internalUrl) : null;
      if (found !== null) this.#reportUrl(`${place}alternateUrl`, found.problem.message);
    }
    for (const [field, url] of [
      ['externalUrl', urls.externalUrl],
      ['alternateUrl', alternate],
    ] as const) {
      if (url === null || !URL.canParse(url)) continue;
      const address = externalAddress(url);
      if (seen.has(address)) this.#reportUrl(place + field, `Another segment of this application has ${url} already.`);
      seen.add(address);
    }
    return { ...segment, ...urls, alternateUrl: alternate };
  }

  /** The canonical spelling, or null where the URL can't be used. */
  #url(field: string, text: string, kind: UrlKind): string | null {
    if (this.#knowsNothingOf(field)) {
      this.#areUrlsSound = false;
      return null;
    }
    const found = listUrlProblems(text, kind, this.#allowIpHosts);
    for (const { reason, message } of found) {
      const isIpProblem = reason === 'ipHost' && kind === 'internal';
      this.#reportUrl(field, isIpProblem ? IP_HOST_REFUSED : message);
    }
    // Where an address leads that can't be read as one of ours is no question.
    const isReadable = !found.some(({ reason }) => UNREADABLE.has(reason));
    const places = kind === 'external' && isReadable ? listPlaceProblems(text, this.#rules) : [];
    for (const { reason, message } of places) {
      if (reason !== 'path' || !found.some((each) => each.reason === 'path')) this.#reportUrl(field, message);
    }
    return found.length + places.length === 0 ? canonicalUrl(text) : null;
  }

  #knowsNothingOf(field: string): boolean {
    return this.#isRefused(`onPremisesPublishing.${field}`);
  }

  #reportUrl(field: string, message: string): void {
    this.#areUrlsSound = false;
    this.#report(field, message);
  }

  #report(field: string, message: string): void {
    this.problems.push({ target: `onPremisesPublishing.${field}`, message });
  }
}

const IP_HOST_REFUSED =
  'An IP address is refused as host. Use a host name, or set onPremisesPublishing.allowIpHosts to true.';
const UNREADABLE: ReadonlySet<UrlProblem['reason']> = new Set(['empty', 'length', 'malformed', 'scheme', 'ipHost']);

/** An external URL must lead to this service, and not to its own pages. */
function listPlaceProblems(
  externalUrl: string,
  { addresses, additionalHosts }: PublishingRules,
): readonly { readonly reason: 'host' | 'path' | 'port'; readonly message: string }[] {
  const found: { reason: 'host' | 'path' | 'port'; message: string }[] = [];
  const url = new URL(externalUrl);
  if (url.hostname === addresses.hostname || additionalHosts.includes(url.hostname)) {
    const message = `${url.hostname} is the service's own host. Choose another host name for the application.`;
    found.push({ reason: 'host', message });
  }
  if (parseRequestTarget(url.pathname, '')?.readings.length !== 1) {
    const message = 'The path contains a sequence that servers read differently. Use letters, digits and hyphens.';
    found.push({ reason: 'path', message });
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (url.protocol !== `${addresses.scheme}:` || port !== addresses.port) {
    const isDefaultPort = addresses.port === (addresses.scheme === 'https' ? 443 : 80);
    const place = `${addresses.scheme}://${url.hostname}${isDefaultPort ? '' : `:${addresses.port}`}${url.pathname}`;
    found.push({ reason: 'port', message: `The service doesn't listen there. Under this name it would be ${place}` });
  }
  return found;
}
