import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import {
  type Application,
  type ApplicationCreate,
  ON_PREMISES_PUBLISHING_DEFAULTS,
  type OnPremisesPublishing,
  type User,
} from '../../../src-shared/publishing/application.ts';
import { findPairProblem, findUrlProblem, isIpLiteral } from '../../../src-shared/publishing/urls.ts';

/** Who may enter: people picked one by one, everyone who can sign in, or anyone at all with no sign-in. */
export type Access = 'people' | 'everyone' | 'anyone';

/** Settings of an application that the form shows under "More settings". */
export type MoreSettings = Pick<
  OnPremisesPublishing,
  | 'isTranslateHostHeaderEnabled'
  | 'isTranslateLinksInBodyEnabled'
  | 'isTranslateLinksInScriptsEnabled'
  | 'isBackendCertificateValidationEnabled'
  | 'isHttpOnlyCookieEnabled'
  | 'isSecureCookieEnabled'
  | 'isPersistentCookieEnabled'
  | 'applicationServerTimeout'
>;

export type SwitchKey = Exclude<keyof MoreSettings, 'applicationServerTimeout'>;

/** An application as it is being typed. */
export interface ApplicationDraft {
  readonly displayName: string;
  readonly internalUrl: string;
  /** The first label of the external host, where the address is one under the service's own domain. */
  readonly externalLabel: string;
  /** The whole external URL, where the administrator gives one of their own. */
  readonly customExternalUrl: string | null;
  readonly access: Access;
  readonly people: readonly User[];
  readonly allowIpHosts: boolean;
  /** Whether it has segments, which the form keeps as they are. */
  readonly hasSegments: boolean;
  readonly more: MoreSettings;
}

export type DraftField = 'displayName' | 'internalUrl' | 'externalUrl';
export type DraftProblems = Partial<Record<DraftField, string>>;

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export function emptyDraft(internalUrl: string): ApplicationDraft {
  return {
    displayName: '',
    internalUrl,
    externalLabel: '',
    customExternalUrl: null,
    access: 'people',
    people: [],
    allowIpHosts: hasIpHost(internalUrl),
    hasSegments: false,
    more: pickMore(ON_PREMISES_PUBLISHING_DEFAULTS),
  };
}

export function draftOf(application: Application, service: ServiceSummary): ApplicationDraft {
  const publishing = application.onPremisesPublishing;
  const label = labelUnder(publishing.externalUrl, service);
  return {
    displayName: application.displayName,
    internalUrl: publishing.internalUrl,
    externalLabel: label ?? '',
    customExternalUrl: label === null ? publishing.externalUrl : null,
    access:
      publishing.externalAuthenticationType === 'passthru'
        ? 'anyone'
        : application.appRoleAssignmentRequired
          ? 'people'
          : 'everyone',
    people: [],
    allowIpHosts: publishing.allowIpHosts,
    hasSegments: publishing.segmentsConfiguration !== null,
    more: pickMore(publishing),
  };
}

/** What follows the label in an external URL of the service: `.apps.example.com/`, with the port where it isn't the usual. */
export function externalSuffix({ applicationsDomain, applicationsPort, applicationsScheme }: ServiceSummary): string {
  const isUsualPort = applicationsPort === (applicationsScheme === 'https' ? 443 : 80);
  return `.${applicationsDomain}${isUsualPort ? '' : `:${applicationsPort}`}/`;
}

export function externalUrlOf(draft: ApplicationDraft, service: ServiceSummary): string {
  if (draft.customExternalUrl !== null) return draft.customExternalUrl.trim();
  return `${service.applicationsScheme}://${draft.externalLabel.trim().toLowerCase()}${externalSuffix(service)}`;
}

/** A host label made from a name: "HR & Payroll" gives `hr-payroll`. */
export function suggestLabel(displayName: string): string {
  const plain = displayName.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}

/** What is wrong with each field, in words to stand under it. */
export function findDraftProblems(draft: ApplicationDraft, service: ServiceSummary): DraftProblems {
  const problems: DraftProblems = {};
  if (draft.displayName.trim() === '') problems.displayName = 'Give the application a name that your people know.';
  const internal = findUrlProblem(draft.internalUrl.trim(), 'internal', draft.allowIpHosts);
  if (internal !== null) problems.internalUrl = internal.message;
  const external = findExternalProblem(draft, service);
  if (external !== null) problems.externalUrl = external;
  if (internal !== null || external !== null) return problems;
  const pair = findPairProblem(externalUrlOf(draft, service), draft.internalUrl.trim());
  return pair === null ? problems : { ...problems, [`${pair.kind}Url`]: pair.problem.message };
}

function findExternalProblem(draft: ApplicationDraft, service: ServiceSummary): string | null {
  if (draft.customExternalUrl !== null)
    return findUrlProblem(draft.customExternalUrl.trim(), 'external', false)?.message ?? null;
  const label = draft.externalLabel.trim().toLowerCase();
  if (label === '') return 'Choose the first part of the address.';
  if (!LABEL.test(label)) return 'Use letters, digits and hyphens only; begin and end with a letter or digit.';
  return findUrlProblem(externalUrlOf(draft, service), 'external', false)?.message ?? null;
}

/** The API's spelling of a field, as one of the form's; null where the form has no such field. */
export function fieldOfTarget(target: string | null): DraftField | null {
  if (target === null || target.includes('segmentsConfiguration')) return null;
  if (target.endsWith('externalUrl')) return 'externalUrl';
  if (target.endsWith('internalUrl')) return 'internalUrl';
  return target.endsWith('displayName') ? 'displayName' : null;
}

export function createOf(draft: ApplicationDraft, service: ServiceSummary): ApplicationCreate {
  return {
    displayName: draft.displayName.trim(),
    appRoleAssignmentRequired: draft.access === 'people',
    onPremisesPublishing: {
      ...draft.more,
      internalUrl: draft.internalUrl.trim(),
      externalUrl: externalUrlOf(draft, service),
      externalAuthenticationType: draft.access === 'anyone' ? 'passthru' : 'aadPreAuthentication',
      allowIpHosts: draft.allowIpHosts && (draft.hasSegments || hasIpHost(draft.internalUrl.trim())),
    },
  };
}

export function hasIpHost(url: string): boolean {
  return URL.canParse(url) && isIpLiteral(new URL(url).hostname);
}

function labelUnder(externalUrl: string, service: ServiceSummary): string | null {
  const prefix = `${service.applicationsScheme}://`;
  const suffix = externalSuffix(service);
  if (!externalUrl.startsWith(prefix) || !externalUrl.endsWith(suffix)) return null;
  const label = externalUrl.slice(prefix.length, -suffix.length);
  return LABEL.test(label) ? label : null;
}

/** The settings with one switch set; links in scripts are translated with those in pages only. */
export function withSwitch(more: MoreSettings, key: SwitchKey, isOn: boolean): MoreSettings {
  const changed = { ...more, [key]: isOn };
  if (key === 'isTranslateLinksInScriptsEnabled' && isOn) return { ...changed, isTranslateLinksInBodyEnabled: true };
  if (key === 'isTranslateLinksInBodyEnabled' && !isOn) return { ...changed, isTranslateLinksInScriptsEnabled: false };
  return changed;
}

function pickMore(publishing: MoreSettings): MoreSettings {
  return {
    isTranslateHostHeaderEnabled: publishing.isTranslateHostHeaderEnabled,
    isTranslateLinksInBodyEnabled: publishing.isTranslateLinksInBodyEnabled,
    isTranslateLinksInScriptsEnabled: publishing.isTranslateLinksInScriptsEnabled,
    isBackendCertificateValidationEnabled: publishing.isBackendCertificateValidationEnabled,
    isHttpOnlyCookieEnabled: publishing.isHttpOnlyCookieEnabled,
    isSecureCookieEnabled: publishing.isSecureCookieEnabled,
    isPersistentCookieEnabled: publishing.isPersistentCookieEnabled,
    applicationServerTimeout: publishing.applicationServerTimeout,
  };
}
