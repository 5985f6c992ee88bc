import { DEFAULT_APP_ROLE_ID } from '../../../src-shared/publishing/app-roles.ts';
import { CONFIGURATION_FILE_VERSION, type ConfigurationFileInput } from '../configuration-file.ts';
import { convertPublishing, moveHost, type Note } from './convert-publishing.ts';
import type { EntraNote } from './entra-report.ts';
import type {
  GraphApplication,
  GraphConnectorGroup,
  GraphObjects,
  GraphRole,
  GraphServicePrincipal,
} from './graph-objects.ts';

type ApplicationInput = NonNullable<ConfigurationFileInput['applications']>[number];
type RoleInput = NonNullable<ApplicationInput['appRoles']>[number];

/** A tenant as our configuration, and what of it isn't as it was. */
export interface ConvertedTenant {
  readonly file: ConfigurationFileInput;
  readonly notes: readonly EntraNote[];
}

const DEFAULT_GROUP = 'Default';
/** Roles that Entra gives every application, and that say nothing. */
const EMPTY_ROLES = ['msiam_access', 'User', 'Default Access'];
const MAX_AUDIENCES = 16;
/** Entra's own marks of an application. */
const OWN_TAG = /^WindowsAzureActiveDirectory|^AppProxy|^IsAccessibleVia/;

/**
 * Makes our configuration from the answers of Graph.
 * @param applicationsDomain takes the place of Microsoft's domain in external URLs; null leaves them
 */
export function convertEntra(objects: GraphObjects, applicationsDomain: string | null): ConvertedTenant {
  const notes: EntraNote[] = [];
  const groups = new Map(objects.connectorGroups.map((group) => [group.id, group]));
  const applications = uniqueById(objects.applications).flatMap((application) => {
    const converted = convertApplication(application, { objects, groups, applicationsDomain, notes });
    return converted === null ? [] : [converted];
  });
  noteConnectors(objects, groups, notes);
  noteTenant(objects, notes);
  const names = [...groups.values()].map((group) => groupName(group));
  return {
    file: {
      version: CONFIGURATION_FILE_VERSION,
      connectorGroups: [DEFAULT_GROUP, ...new Set(names.filter((name) => name !== DEFAULT_GROUP))].map((name) => ({
        name,
      })),
      applications: applications.sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
    },
    notes,
  };
}

interface Conversion {
  readonly objects: GraphObjects;
  readonly groups: ReadonlyMap<string, GraphConnectorGroup>;
  readonly applicationsDomain: string | null;
  readonly notes: EntraNote[];
}

function convertApplication(application: GraphApplication, conversion: Conversion): ApplicationInput | null {
  const { objects, groups, applicationsDomain, notes } = conversion;
  const { id, appId, displayName, description } = application;
  const note: Note = (kind, field, reason, instead) =>
    notes.push({ kind, object: displayName, field, reason, instead });
  const onPremisesPublishing = convertPublishing(application.onPremisesPublishing ?? {}, applicationsDomain, note);
  if (onPremisesPublishing === null) return null;
  const audiences = (application.identifierUris ?? []).filter(
    (uri) => !uri.startsWith(onPremisesPublishing.externalUrl),
  );
  if (audiences.length > 0) onPremisesPublishing.accessTokenAudiences = audiences.slice(0, MAX_AUDIENCES);
  const principal = objects.servicePrincipals.find((each) => each.appId === appId);
  notePrincipal(principal, note);
  // Nobody who couldn't enter before is to be let in by an import.
  if (principal?.accountEnabled === false) onPremisesPublishing.isOnPremPublishingEnabled = false;
  const groupId = objects.groupOfApplication.get(id);
  const group = groupId === undefined ? undefined : groups.get(groupId);
  if (group === undefined) {
    const reason = "the files don't say which connector group serves it.";
    note(
      'toDo',
      'connectorGroup',
      reason,
      'It is in Default. Add the answer of applications/{id}/connectorGroup, or name its group.',
    );
  }
  if (application.info?.logoUrl) {
    note(
      'toDo',
      'info.logoUrl',
      'Graph gives an address of the logo, not the picture.',
      `Save ${application.info.logoUrl} beside the file and put logo: { fromFile: … }.`,
    );
  }
  const appRoles = convertRoles(principal?.appRoles ?? application.appRoles ?? [], note);
  const tags = [...new Set([...(application.tags ?? []), ...(principal?.tags ?? [])])].filter(
    (tag) => !OWN_TAG.test(tag),
  );
  const home = application.web?.homePageUrl;
  return {
    id,
    appId,
    displayName,
    ...(description && { description }),
    ...(tags.length > 0 && { tags }),
    ...convertHome(home, onPremisesPublishing.externalUrl, applicationsDomain, note),
    appRoleAssignmentRequired: principal?.appRoleAssignmentRequired ?? true,
    ...(appRoles.length > 0 && { appRoles }),
    connectorGroup: group === undefined ? DEFAULT_GROUP : groupName(group),
    onPremisesPublishing,
    assignments: principal === undefined ? [] : convertAssignments(principal, appRoles, objects, note),
  };
}

function convertHome(
  home: string | null | undefined,
  externalUrl: string,
  applicationsDomain: string | null,
  note: Note,
): Pick<ApplicationInput, 'web'> {
  if (!home) return {};
  const moved = moveHost(home, applicationsDomain);
  const isBelow = moved.startsWith(externalUrl);
  if (isBelow) return URL.parse(moved)?.href === URL.parse(externalUrl)?.href ? {} : { web: { homePageUrl: moved } };
  note('lost', 'web.homePageUrl', `${home} is none of its published pages.`, '"My apps" leads to the external URL.');
  return {};
}

function notePrincipal(principal: GraphServicePrincipal | undefined, note: Note): void {
  if (principal === undefined) {
    const reason =
      'the files have no service principal with its appId: nobody is assigned, and assignment is required.';
    note('toDo', 'servicePrincipal', reason, 'Add the answers of servicePrincipals and of their appRoleAssignedTo.');
    return;
  }
  if (principal.accountEnabled === false) {
    note(
      'changed',
      'accountEnabled',
      'sign-in to it is switched off.',
      'It shows the maintenance page (isOnPremPublishingEnabled: false), or leave the application out.',
    );
  }
  const mode = principal.preferredSingleSignOnMode;
  if (mode === 'saml') {
    note(
      'toDo',
      'preferredSingleSignOnMode',
      'it signs users in by SAML at Entra itself.',
      'That goes on working: keep its registration, and where its external URL changes, its reply URL. Postern is no SAML provider.',
    );
  } else if (mode === 'password') {
    note(
      'lost',
      'preferredSingleSignOnMode',
      'passwords that Entra keeps for its users are not given out, and password sign-on is not carried.',
      'Users sign in at the application themselves.',
    );
  } else if (mode === 'linked') {
    note('lost', 'preferredSingleSignOnMode', 'it is a link.', 'Set web.homePageUrl.');
  }
}

/** Roles without a value can't be told to a backend. */
function convertRoles(roles: readonly GraphRole[], note: Note): RoleInput[] {
  return roles.flatMap(({ id, value, displayName, description, isEnabled, allowedMemberTypes }) => {
    if (!value || id === DEFAULT_APP_ROLE_ID) {
      if (!EMPTY_ROLES.includes(displayName ?? '')) {
        note('changed', 'appRoles', `the role "${displayName}" has no value.`, 'Who has it may enter, with no role.');
      }
      return [];
    }
    const types = allowedMemberTypes.filter((type) => type === 'User' || type === 'Application');
    return [
      {
        id,
        allowedMemberTypes: types,
        displayName: displayName || value,
        description: description || null,
        isEnabled: isEnabled !== false,
        value,
      },
    ];
  });
}

function convertAssignments(
  principal: GraphServicePrincipal,
  roles: readonly RoleInput[],
  objects: GraphObjects,
  note: Note,
): NonNullable<ApplicationInput['assignments']> {
  const seen = new Set<string>();
  return objects.assignments
    .filter(({ resourceId }) => resourceId === principal.id)
    .flatMap(({ principalId, principalType, principalDisplayName, appRoleId }) => {
      if (principalType !== 'User' && principalType !== 'Group' && principalType !== 'ServicePrincipal') {
        note(
          'lost',
          'appRoleAssignedTo',
          `"${principalDisplayName}" is a ${principalType}.`,
          'Assign users, groups or programs.',
        );
        return [];
      }
      const appRole = roles.find(({ id }) => id === appRoleId)?.value;
      const key = JSON.stringify([principalType, principalId, appRole]);
      if (seen.has(key)) return [];
      seen.add(key);
      return [
        {
          principalType,
          principalId,
          ...(principalDisplayName && { principalDisplayName }),
          ...(appRole !== undefined && { appRole }),
        },
      ];
    });
}

function noteConnectors(
  { connectors, groupOfConnector }: GraphObjects,
  groups: Conversion['groups'],
  notes: EntraNote[],
): void {
  for (const { id, machineName } of uniqueById(connectors)) {
    const group = groups.get(groupOfConnector.get(id) ?? '');
    notes.push({
      kind: 'toDo',
      object: `Connector ${machineName}`,
      field: 'connector',
      reason: "a connector's key never leaves its machine, and Microsoft's connector does not speak to Postern.",
      instead: `Make an enrolment token for the group ${group === undefined ? DEFAULT_GROUP : groupName(group)} and run "postern-connector enrol" there; both connectors can run side by side.`,
    });
  }
}

function noteTenant({ lastPages, applications }: GraphObjects, notes: EntraNote[]): void {
  const note = (kind: EntraNote['kind'], field: string, reason: string, instead: string): void =>
    void notes.push({ kind, object: '', field, reason, instead });
  const [last] = lastPages.slice(-1);
  if (last !== undefined) {
    note(
      'toDo',
      '@odata.nextLink',
      `${lastPages.length} of the files, ${last.file} the last, say that a page follows.`,
      'Make sure that the pages after them are among the files.',
    );
  }
  if (applications.length === 0) {
    note(
      'toDo',
      'onPremisesPublishing',
      'none of the applications has it: Graph sends it where it is asked for.',
      'Ask beta with applications?$select=id,appId,displayName,onPremisesPublishing,… and for each application.',
    );
    return;
  }
  note(
    'toDo',
    'conditionalAccess',
    'policies of Conditional Access are kept for the tenant, not with applications.',
    'Those about sign-in go on working at Entra; what is to hold for a session, put into conditionalAccessPolicies (docs/access-rules.md).',
  );
}

/** Entra's default group is ours, whatever it is called. */
function groupName({ name, isDefault }: GraphConnectorGroup): string {
  return isDefault === true || name.toLowerCase() === 'default' ? DEFAULT_GROUP : name;
}

function uniqueById<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
