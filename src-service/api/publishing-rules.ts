import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
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
import { type FieldProblem, fieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';
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
    this.#report('backendTrustedCertificates', makeReason('segmentsTrustTooLong', { count: segments, most }));
  }

  /** A token for the admin API must not open an application, whose backend might get to see it. */
  audiences({ accessTokenAudiences }: OnPremisesPublishing): void {
    for (const [index, audience] of accessTokenAudiences.entries()) {
      if (!this.#rules.ownAudiences.includes(audience)) continue;
      this.#report(`accessTokenAudiences.${index}`, makeReason('ownAudience', { audience }));
    }
  }

  identityProvider({ identityProviderId }: OnPremisesPublishing): void {
    const known = this.#rules.identityProviderIds;
    if (identityProviderId === null || known.includes(identityProviderId)) return;
    const reason = makeReason('providerUnknown', { id: identityProviderId, known: known.join(', ') });
    this.#report('identityProviderId', reason);
  }

  translation(publishing: OnPremisesPublishing): void {
    if (!publishing.isTranslateLinksInScriptsEnabled || publishing.isTranslateLinksInBodyEnabled) return;
    if (this.#knowsNothingOf('isTranslateLinksInBodyEnabled')) return;
    this.#report('isTranslateLinksInScriptsEnabled', makeReason('scriptsWithoutPages'));
  }

  pair(place: string, { externalUrl, internalUrl }: UrlPair): UrlPair {
    const external = this.#url(`${place}externalUrl`, externalUrl, 'external');
    const internal = this.#url(`${place}internalUrl`, internalUrl, 'internal');
    if (external !== null && internal !== null) {
      const found = findPairProblem(external, internal);
      if (found !== null) this.#reportUrl(`${place}${found.kind}Url`, makeReason(`url.${found.problem.key}`));
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
      this.#reportUrl('externalUrl', makeReason('segmentMissing', { url: externalUrl }));
    } else if (own.internalUrl !== internalUrl) {
      const { internalUrl: expected } = own;
      this.#reportUrl('internalUrl', makeReason('segmentDiffers', { url: externalUrl, internalUrl: expected }));
    }
  }

  #segment(place: string, segment: ApplicationSegment, seen: Set<string>): ApplicationSegment {
    const urls = this.pair(place, segment);
    const alternateUrl = segment.alternateUrl === '' ? null : segment.alternateUrl;
    const alternate = alternateUrl && this.#url(`${place}alternateUrl`, alternateUrl, 'external');
    if (alternate !== null) {
      const found = URL.canParse(urls.internalUrl) ? findPairProblem(alternate, urls.internalUrl) : null;
      if (found !== null) this.#reportUrl(`${place}alternateUrl`, makeReason(`url.${found.problem.key}`));
    }
    for (const [field, url] of [
      ['externalUrl', urls.externalUrl],
      ['alternateUrl', alternate],
    ] as const) {
      if (url === null || !URL.canParse(url)) continue;
      const address = externalAddress(url);
      if (seen.has(address)) this.#reportUrl(place + field, makeReason('segmentTwice', { url }));
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
    for (const { reason, key } of found) {
      const isIpProblem = reason === 'ipHost' && kind === 'internal';
      this.#reportUrl(field, makeReason(isIpProblem ? 'ipHostRefused' : `url.${key}`));
    }
    // Where an address leads that can't be read as one of ours is no question.
    const isReadable = !found.some(({ reason }) => UNREADABLE.has(reason));
    const places = kind === 'external' && isReadable ? listPlaceProblems(text, this.#rules) : [];
    for (const { part, reason } of places) {
      if (part !== 'path' || !found.some((each) => each.reason === 'path')) this.#reportUrl(field, reason);
    }
    return found.length + places.length === 0 ? canonicalUrl(text) : null;
  }

  #knowsNothingOf(field: string): boolean {
    return this.#isRefused(`onPremisesPublishing.${field}`);
  }

  #reportUrl(field: string, reason: Reason): void {
    this.#areUrlsSound = false;
    this.#report(field, reason);
  }

  #report(field: string, reason: Reason): void {
    this.problems.push(fieldProblem(`onPremisesPublishing.${field}`, reason));
  }
}

const UNREADABLE: ReadonlySet<UrlProblem['reason']> = new Set(['empty', 'length', 'malformed', 'scheme', 'ipHost']);

/** An external URL must lead to this service, and not to its own pages. */
function listPlaceProblems(
  externalUrl: string,
  { addresses, additionalHosts }: PublishingRules,
): readonly { readonly part: 'host' | 'path' | 'port'; readonly reason: Reason }[] {
  const found: { part: 'host' | 'path' | 'port'; reason: Reason }[] = [];
  const url = new URL(externalUrl);
  if (url.hostname === addresses.hostname || additionalHosts.includes(url.hostname)) {
    found.push({ part: 'host', reason: makeReason('ownHost', { host: url.hostname }) });
  }
  if (parseRequestTarget(url.pathname, '')?.readings.length !== 1) {
    found.push({ part: 'path', reason: makeReason('ambiguousPath') });
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (url.protocol !== `${addresses.scheme}:` || port !== addresses.port) {
    const isDefaultPort = addresses.port === (addresses.scheme === 'https' ? 443 : 80);
    const place = `${addresses.scheme}://${url.hostname}${isDefaultPort ? '' : `:${addresses.port}`}${url.pathname}`;
    found.push({ part: 'port', reason: makeReason('notListening', { url: place }) });
  }
  return found;
}
