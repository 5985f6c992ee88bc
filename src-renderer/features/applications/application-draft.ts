import type { LocalSite } from '../../../src-shared/ipc/local-site.ts';
import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import { HIDE_APP_TAG } from '../../../src-shared/publishing/application-presentation.ts';
import {
  type Application,
  type ApplicationCreate,
  type ApplicationPatch,
  applicationCreateSchema,
  type OnPremisesPublishing,
  onPremisesPublishingSchema,
  type User,
} from '../../../src-shared/publishing/application.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import { findSchemaProblems } from './find-schema-problems.ts';
import {
  changesBetween,
  DEFAULT_SETTINGS,
  findBrokenJson,
  settingsBody,
  type SettingsDraft,
  settingsOf,
} from './settings-draft.ts';
import { findPairProblem, findUrlProblem, isIpLiteral } from '../../../src-shared/publishing/urls.ts';

/** Who may enter: people picked one by one, everyone who can sign in, or anyone at all with no sign-in. */
export type Access = 'people' | 'everyone' | 'anyone';

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
  readonly description: string;
  readonly isHiddenFromMyApps: boolean;
  /** Those that mean something to somebody else. */
  readonly otherTags: readonly string[];
  /** Empty for the external URL. */
  readonly homePageUrl: string;
  /** Null: the Default group, of an application that is about to be published. */
  readonly connectorGroupId: string | null;
  readonly settings: SettingsDraft;
}

export type DraftField =
  | 'displayName'
  | 'description'
  | 'web'
  | 'tags'
  | 'connectorGroupId'
  | 'appRoles'
  | keyof OnPremisesPublishing;
/** A structure may have several, each at an item of its own. */
export type DraftProblems = Partial<Record<DraftField, readonly string[]>>;

const MAX_NAME_CHARACTERS = 120;
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
    description: '',
    isHiddenFromMyApps: false,
    otherTags: [],
    homePageUrl: '',
    connectorGroupId: null,
    settings: DEFAULT_SETTINGS,
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
    description: application.description ?? '',
    isHiddenFromMyApps: application.tags.includes(HIDE_APP_TAG),
    otherTags: application.tags.filter((tag) => tag !== HIDE_APP_TAG),
    homePageUrl: application.web.homePageUrl ?? '',
    connectorGroupId: application.connectorGroupId,
    settings: settingsOf(publishing, application.appRoles),
  };
}

/** A new application like another one: people and addresses are its own. */
export function copyOf(draft: ApplicationDraft, text: Catalogue['applications']): ApplicationDraft {
  const displayName = text.copyOf(draft.displayName).slice(0, 120);
  const settings = { ...draft.settings, segmentsConfiguration: '' };
  return {
    ...draft,
    displayName,
    externalLabel: suggestLabel(displayName),
    customExternalUrl: null,
    homePageUrl: '',
    people: [],
    settings,
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

/**
 * The draft for a site of this machine: its address, and its title as the name unless a person gave one.
 * @param suggestedName the name that the site before gave
 */
export function withSite(draft: ApplicationDraft, { url, title }: LocalSite, suggestedName: string): ApplicationDraft {
  const isNamed = draft.displayName.trim() !== '' && draft.displayName !== suggestedName;
  const displayName = isNamed ? draft.displayName : (title ?? '').slice(0, MAX_NAME_CHARACTERS);
  return {
    ...draft,
    internalUrl: url,
    allowIpHosts: hasIpHost(url),
    displayName,
    externalLabel: isNamed ? draft.externalLabel : suggestLabel(displayName),
  };
}

/** What is wrong with each field, in words to stand under it: the rules are those that the API has. */
export function findDraftProblems(draft: ApplicationDraft, service: ServiceSummary, language: Language): DraftProblems {
  const { applications: text, urlProblems } = CATALOGUES[language];
  const problems: DraftProblems = { ...findSettingProblems(draft, service, language) };
  if (draft.displayName.trim() === '') problems.displayName = [text.nameMissing];
  const internal = findUrlProblem(draft.internalUrl.trim(), 'internal', draft.allowIpHosts);
  if (internal !== null) problems.internalUrl = [urlProblems[internal.key]];
  const external = findExternalProblem(draft, service, language);
  if (external !== null) problems.externalUrl = [external];
  if (internal !== null || external !== null) return problems;
  const pair = findPairProblem(externalUrlOf(draft, service), draft.internalUrl.trim());
  return pair === null ? problems : { ...problems, [`${pair.kind}Url`]: [urlProblems[pair.problem.key]] };
}

function findSettingProblems(draft: ApplicationDraft, service: ServiceSummary, language: Language): DraftProblems {
  const { applications: text } = CATALOGUES[language];
  const problems: DraftProblems = {};
  for (const { path, message } of findSchemaProblems(applicationCreateSchema, bodyOf(draft, service), language)) {
    addProblem(problems, path.join('.'), message);
  }
  for (const key of findBrokenJson(draft.settings)) {
    problems[key === 'headerSignOnSettings' ? 'singleSignOnSettings' : key] = [text.notJson];
  }
  return problems;
}

function findExternalProblem(draft: ApplicationDraft, service: ServiceSummary, language: Language): string | null {
  const { applications: text, urlProblems } = CATALOGUES[language];
  const say = (url: string): string | null => {
    const found = findUrlProblem(url, 'external', false);
    return found === null ? null : urlProblems[found.key];
  };
  if (draft.customExternalUrl !== null) return say(draft.customExternalUrl.trim());
  const label = draft.externalLabel.trim().toLowerCase();
  if (label === '') return text.labelMissing;
  if (!LABEL.test(label)) return text.labelMalformed;
  return say(externalUrlOf(draft, service));
}

const FIELDS: ReadonlySet<string> = new Set<DraftField>([
  'displayName',
  'description',
  'web',
  'tags',
  'connectorGroupId',
  'appRoles',
  ...(Object.keys(onPremisesPublishingSchema.shape) as (keyof OnPremisesPublishing)[]),
]);

/** The API's spelling of a field, as one of the form's; null where the form has no such field. */
function fieldOfTarget(target: string | null): DraftField | null {
  const [first, second] = target?.split('.') ?? [];
  const field = first === 'onPremisesPublishing' ? second : first;
  return field !== undefined && FIELDS.has(field) ? (field as DraftField) : null;
}

/**
 * Puts a problem to the others of its field; within a structure with the path there before it.
 * @param target the API's spelling of where it is
 * @returns whether the form has such a field
 */
export function addProblem(problems: DraftProblems, target: string, message: string): boolean {
  const field = fieldOfTarget(target);
  if (field === null) return false;
  // What is in `web` is one field of the form.
  const inner = field === 'web' ? [] : target.split('.').slice(target.startsWith('onPremisesPublishing.') ? 2 : 1);
  const said = inner.length === 0 ? message : `${inner.join('.')}: ${message}`;
  const before = problems[field] ?? [];
  if (!before.includes(said)) problems[field] = [...before, said];
  return true;
}

/** The whole application as the API takes it. The draft is without problems. */
export function createOf(draft: ApplicationDraft, service: ServiceSummary): ApplicationCreate {
  return applicationCreateSchema.parse(bodyOf(draft, service));
}

/** What the draft changes about an application that exists. */
export function patchOf(before: ApplicationDraft, draft: ApplicationDraft, service: ServiceSummary): ApplicationPatch {
  const body = bodyOf(before, service);
  // What is stored may be older than a rule that it breaks; it can be mended all the same.
  const known = applicationCreateSchema.safeParse(body).data ?? (body as ApplicationPatch);
  return changesBetween(known, createOf(draft, service));
}

/** What `after` has otherwise than `before`, as JSON, by the field as the API spells it. Either may be wrong. */
export function changesOf(
  before: ApplicationDraft,
  after: ApplicationDraft,
  service: ServiceSummary,
): ReadonlyMap<string, string> {
  const bodies = [before, after].map((draft) => bodyOf(draft, service) as ApplicationPatch);
  const { onPremisesPublishing = {}, ...rest } = changesBetween(bodies[0] ?? {}, bodies[1] ?? {});
  const fields = [
    ...Object.entries(rest),
    ...Object.entries(onPremisesPublishing).map(([key, value]) => [`onPremisesPublishing.${key}`, value] as const),
  ];
  return new Map(fields.map(([field, value]) => [field, JSON.stringify(value)]));
}

function bodyOf(draft: ApplicationDraft, service: ServiceSummary): unknown {
  const { appRoles, onPremisesPublishing } = settingsBody(draft.settings);
  const hasSegments = onPremisesPublishing['segmentsConfiguration'] !== null;
  return {
    displayName: draft.displayName,
    description: draft.description.trim() || null,
    tags: [...draft.otherTags, ...(draft.isHiddenFromMyApps ? [HIDE_APP_TAG] : [])],
    web: { homePageUrl: draft.homePageUrl.trim() || null },
    appRoles,
    appRoleAssignmentRequired: draft.access === 'people',
    ...(draft.connectorGroupId !== null && { connectorGroupId: draft.connectorGroupId }),
    onPremisesPublishing: {
      ...onPremisesPublishing,
      internalUrl: draft.internalUrl.trim(),
      externalUrl: externalUrlOf(draft, service),
      externalAuthenticationType: draft.access === 'anyone' ? 'passthru' : 'aadPreAuthentication',
      allowIpHosts: draft.allowIpHosts && (hasSegments || hasIpHost(draft.internalUrl.trim())),
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
