import { createHash } from 'node:crypto';
import { keyText } from '../../src-shared/configuration/configuration-issues.ts';
import { nearestName } from '../../src-shared/configuration/nearest-name.ts';
import { sayReason } from '../../src-shared/errors/reasons.ts';
import { APPLICATION_PRESENTATION_DEFAULTS } from '../../src-shared/publishing/application-presentation.ts';
import {
  type Application,
  type ConnectorGroup,
  ON_PREMISES_PUBLISHING_DEFAULTS,
} from '../../src-shared/publishing/application.ts';
import { withoutUndefined } from '../api/defined-fields.ts';
import { readLogo } from '../api/logo-upload.ts';
import { inspectSettings } from '../api/publishing-rules.ts';
import { checkTrust } from '../api/trusted-certificates.ts';
import { configurationsOf, findSizeProblem } from '../publishing/group-configurations.ts';
import { addressesOf, externalAddress } from '../store/application-records.ts';
import type { Logo } from '../store/application-logo-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import type { ApplicationEntry, ConfigurationFile } from './configuration-file.ts';
import { STEPS } from './configuration-plan.ts';
import { findFieldChanges, withoutSecrets } from './field-changes.ts';
import { logoDataUrl, readDataUrl } from './logo-data-url.ts';
import { type PlanContext, checked, noteProblems, stepsOf } from './plan-context.ts';
import { isSameName } from './plan-groups.ts';

/** An application as it would be, with the place in the file that says so; null where the file says nothing of it. */
export interface PlannedApplication {
  readonly application: Application;
  readonly index: number | null;
  /** What is said of it is refused: it is looked at no further than its assignments. */
  readonly isRefused: boolean;
}

/** @returns the applications that there would be */
export function planApplications(
  entries: ConfigurationFile['applications'],
  groups: readonly ConnectorGroup[],
  context: PlanContext,
): PlannedApplication[] {
  const { state } = context;
  const planned: PlannedApplication[] = [];
  for (const [index, entry] of (entries ?? []).entries()) {
    const { application, isRefused } = planApplication(entry, index, groups, context);
    const twin = planned.find(
      (each) => each.application.id === application.id || each.application.appId === application.appId,
    );
    if (twin === undefined) planned.push({ application, index, isRefused });
    else {
      const message = `the application is there twice: see applications[${twin.index}].`;
      context.problems.push({ path: ['applications', index], message });
    }
  }
  for (const application of state.applications) {
    if (planned.some((each) => each.application.id === application.id)) continue;
    if (entries !== undefined && context.isPruning) deleteApplication(application, context);
    else {
      planned.push({ application, index: null, isRefused: false });
      if (entries !== undefined) {
        context.kept.push({ kind: 'application', id: application.id, name: application.displayName });
      }
    }
  }
  checkAddresses(planned, context);
  const sound = planned.filter(({ isRefused }) => !isRefused);
  checkSizes(sound, groups, context);
  return planned;
}

function planApplication(
  entry: ApplicationEntry,
  index: number,
  groups: readonly ConnectorGroup[],
  context: PlanContext,
): Pick<PlannedApplication, 'application' | 'isRefused'> {
  const path = ['applications', index];
  const before = findApplication(entry, context);
  if (before !== undefined && entry.appId !== undefined && entry.appId !== before.appId) {
    const message = `has the value ${entry.appId}, but the application has ${before.appId}, by which tokens name it. It can't change: leave it out, or publish the application anew.`;
    context.problems.push({ path: [...path, 'appId'], message });
  }
  const connectorGroupId = findGroup(entry, index, groups, context);
  const settings = planSettings(entry, path, context);
  const logo = checked(context, path, () => readEntryLogo(entry));
  const after: Application = {
    id: before?.id ?? entry.id ?? context.randomId(),
    appId: before?.appId ?? entry.appId ?? context.randomId(),
    createdDateTime: before?.createdDateTime ?? new Date(context.nowMs).toISOString(),
    info: before?.info ?? { logoUrl: null },
    displayName: entry.displayName,
    appRoleAssignmentRequired: entry.appRoleAssignmentRequired ?? true,
    appRoles: entry.appRoles ?? [],
    connectorGroupId,
    ...(settings ?? uncheckedSettings(entry)),
  };
  if (settings === null) return { application: after, isRefused: true };
  noteChange({ entry, before, after, logo, path }, groups, context);
  return { application: after, isRefused: false };
}

/** What a new application is compared with, so that its plan says what isn't as ever. */
const NOTHING_SET = {
  ...APPLICATION_PRESENTATION_DEFAULTS,
  appRoles: [],
  logo: null,
  onPremisesPublishing: ON_PREMISES_PUBLISHING_DEFAULTS,
};

interface Change {
  readonly entry: ApplicationEntry;
  readonly before: Application | undefined;
  readonly after: Application;
  /** Undefined: it stays as it is. */
  readonly logo: Logo | null | undefined;
  readonly path: readonly PropertyKey[];
}

function noteChange(
  { entry, before, after, logo, path }: Change,
  groups: readonly ConnectorGroup[],
  context: PlanContext,
): void {
  const kept = context.state.logos.get(after.id);
  const logoBefore = kept === undefined ? null : logoDataUrl(Buffer.from(kept.octets));
  const logoAfter = logo === undefined ? logoBefore : logo === null ? null : logoDataUrl(Buffer.from(logo.octets));
  const view = (application: Application, url: string | null): object => ({
    ...viewOf(application, groups, context),
    logo: describeLogo(url),
  });
  const fields = findFieldChanges(
    before === undefined ? NOTHING_SET : view(before, logoBefore),
    view(after, logoAfter),
  );
  if (fields.length === 0) return;
  const isLogoNew = logoBefore !== logoAfter;
  const { id, appId, createdDateTime, info, ...wanted } = after;
  context.changes.push({
    action: before === undefined ? 'create' : 'change',
    kind: 'application',
    id: before?.id ?? entry.id ?? null,
    name: before?.displayName ?? after.displayName,
    fields: withoutSecrets(fields, originsBelow(path, context)),
    step: STEPS.writeApplication,
    make: async (records, change) => {
      if (before === undefined)
        await records.applications.create({ ...wanted, id, appId, createdDateTime, info }, change);
      else if (fields.some((field) => field.path !== 'logo')) await records.applications.update(id, wanted, change);
      if (isLogoNew && logo !== undefined) await records.applicationLogos.put(id, logo, change);
    },
  });
}

function deleteApplication({ id, displayName }: Application, context: PlanContext): void {
  context.changes.push({
    action: 'delete',
    kind: 'application',
    id,
    name: displayName,
    fields: [],
    step: STEPS.deleteApplication,
    make: (records, change) => records.applications.remove(id, change),
  });
}

/** The application that an entry means: by its id, else by its external URL. */
function findApplication(entry: ApplicationEntry, { state }: PlanContext): Application | undefined {
  if (entry.id !== undefined) return state.applications.find(({ id }) => id === entry.id);
  const { externalUrl } = entry.onPremisesPublishing;
  if (!URL.canParse(externalUrl)) return undefined;
  const address = externalAddress(externalUrl);
  return state.applications.find((each) => externalAddress(each.onPremisesPublishing.externalUrl) === address);
}

function findGroup(
  { connectorGroup }: ApplicationEntry,
  index: number,
  groups: readonly ConnectorGroup[],
  context: PlanContext,
): string {
  if (connectorGroup === undefined) return DEFAULT_CONNECTOR_GROUP_ID;
  const found = groups.find(({ name }) => isSameName(name, connectorGroup));
  if (found !== undefined) return found.id;
  const names = groups.map(({ name }) => name);
  const nearest = nearestName(connectorGroup, names);
  const hint = nearest === null ? `There are: ${names.join(', ')}.` : `Did you mean ${nearest}?`;
  const message = `there is no connector group "${connectorGroup}". ${hint}`;
  context.problems.push({ path: ['applications', index, 'connectorGroup'], message });
  return DEFAULT_CONNECTOR_GROUP_ID;
}

type Settings = Pick<Application, 'description' | 'tags' | 'web' | 'onPremisesPublishing'>;

function uncheckedSettings(entry: ApplicationEntry): Settings {
  const settings = withoutUndefined(entry.onPremisesPublishing);
  const { description, tags, web } = { ...APPLICATION_PRESENTATION_DEFAULTS, ...withoutUndefined(entry) };
  return { description, tags, web, onPremisesPublishing: { ...ON_PREMISES_PUBLISHING_DEFAULTS, ...settings } };
}

/** What the API checks of an application, all of it. @returns null where something is refused */
function planSettings(entry: ApplicationEntry, path: readonly PropertyKey[], context: PlanContext): Settings | null {
  const settings = uncheckedSettings(entry);
  const trust = checked(context, path, () => checkTrust(entry.onPremisesPublishing, context.nowMs));
  const wanted = { ...settings, onPremisesPublishing: { ...settings.onPremisesPublishing, ...trust } };
  const inspected = inspectSettings(wanted, context.rules, (target) =>
    context.isRefused([...path, ...stepsOf(target)]),
  );
  noteProblems(context, path, inspected.problems);
  return trust === null || inspected.problems.length > 0 ? null : { ...settings, ...inspected.settings };
}

/** @throws FieldsError */
function readEntryLogo({ logo }: ApplicationEntry): Logo | null | undefined {
  if (logo === undefined || logo === null) return logo;
  const read = readDataUrl(logo);
  return readLogo(read?.octets ?? Buffer.alloc(0), read?.mediaType ?? 'image/png');
}

/** An external address belongs to one application (B1); the database would name the first that is taken twice. */
function checkAddresses(planned: readonly PlannedApplication[], { problems }: PlanContext): void {
  const holders = new Map<string, Application>();
  // What the file says nothing of was there before.
  for (const { application, index } of planned.toSorted(
    (a, b) => Number(a.index !== null) - Number(b.index !== null),
  )) {
    for (const [address, { url, field }] of addressesOf(application)) {
      const holder = holders.get(address);
      const path = ['applications', index ?? 0, ...stepsOf(`onPremisesPublishing.${field}`)];
      if (holder === undefined) holders.set(address, application);
      else if (index !== null && !problems.some((problem) => keyText(problem.path) === keyText(path))) {
        problems.push({ path, message: `${url} is taken by the application "${holder.displayName}" (${holder.id}).` });
      }
    }
  }
}

function checkSizes(
  planned: readonly PlannedApplication[],
  groups: readonly ConnectorGroup[],
  context: PlanContext,
): void {
  const applications = planned.map(({ application }) => application);
  for (const configuration of configurationsOf(applications, groups, 0).values()) {
    const problem = findSizeProblem(configuration);
    if (problem !== null) context.problems.push({ path: ['applications'], message: sayReason(problem) });
  }
}

/** An application as the file would say it, to be compared. */
function viewOf(application: Application, groups: readonly ConnectorGroup[], { state }: PlanContext): object {
  const { displayName, description, tags, web, appRoleAssignmentRequired, appRoles, connectorGroupId } = application;
  const group = [...groups, ...state.connectorGroups].find(({ id }) => id === connectorGroupId);
  return {
    displayName,
    ...inOneOrder({ description, tags, web, appRoleAssignmentRequired, appRoles }),
    connectorGroup: group?.name ?? connectorGroupId,
    onPremisesPublishing: inOneOrder(application.onPremisesPublishing),
  };
}

/** The same with its fields in one order, whoever wrote them. */
function inOneOrder<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(inOneOrder) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, inOneOrder(each)])) as Value;
}

/** A picture in few words; another one reads otherwise. */
function describeLogo(url: string | null): string | null {
  if (url === null) return null;
  const read = readDataUrl(url);
  const digest = createHash('sha256').update(url).digest('hex').slice(0, 8);
  return `${read?.mediaType}, ${read?.octets.length} octets, ${digest}`;
}

function originsBelow(path: readonly PropertyKey[], { origins }: PlanContext): Map<string, string> {
  const prefix = `${String(path[0])}[${String(path[1])}].`;
  const below = [...origins].filter(([place]) => place.startsWith(prefix));
  return new Map(below.map(([place, origin]) => [place.slice(prefix.length).replaceAll(/\[(\d+)\]/g, '.$1'), origin]));
}
