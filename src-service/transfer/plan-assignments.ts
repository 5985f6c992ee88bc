import {
  type AppRoleAssignment,
  DEFAULT_APP_ROLE_ID,
  readClaimPrincipal,
} from '../../src-shared/publishing/app-roles.ts';
import type { Application } from '../../src-shared/publishing/application.ts';
import type { AssignmentEntry, ConfigurationFile } from './configuration-file.ts';
import { STEPS } from './configuration-plan.ts';
import { findFieldChanges } from './field-changes.ts';
import type { PlanContext } from './plan-context.ts';
import type { PlannedApplication } from './plan-applications.ts';

/** Who would enter which application. An assignment is told by its principal and role. */
export function planAssignments(
  planned: readonly PlannedApplication[],
  entries: ConfigurationFile['applications'],
  context: PlanContext,
): void {
  for (const { application, index } of planned) {
    const before = context.state.assignments.filter(({ resourceId }) => resourceId === application.id);
    const wanted = index === null ? undefined : entries?.[index]?.assignments;
    if (wanted === undefined || index === null) {
      checkRoles(before, application, index, context);
      continue;
    }
    const seen = new Set<string>();
    for (const [at, entry] of wanted.entries()) {
      const path = ['applications', index, 'assignments', at];
      const assignment = readEntry(entry, application, path, context);
      if (assignment === null) continue;
      if (seen.has(keyOf(assignment))) {
        context.problems.push({
          path,
          message: `"${assignment.principalDisplayName}" is there with this role already.`,
        });
        continue;
      }
      seen.add(keyOf(assignment));
      noteChange(
        before.find((each) => keyOf(each) === keyOf(assignment)),
        assignment,
        application,
        context,
      );
    }
    const others = before.filter((each) => !seen.has(keyOf(each)));
    if (!context.isPruning) checkRoles(others, application, index, context);
    for (const each of others) removeOrKeep(each, application, context);
  }
}

function readEntry(
  entry: AssignmentEntry,
  application: Application,
  path: readonly PropertyKey[],
  { problems, rules, randomId, nowMs }: PlanContext,
): AppRoleAssignment | null {
  const { principalType, principalId, appRole } = entry;
  if (principalType === 'Claim' && readClaimPrincipal(principalId) === null) {
    const message = 'must be the name of a claim, = and its value, such as department=Finance.';
    problems.push({ path: [...path, 'principalId'], message });
    return null;
  }
  const { appRoles, onPremisesPublishing } = application;
  const role = appRoles.find(({ value }) => value === appRole) ?? appRoles.find(({ id }) => id === appRole);
  const memberType = principalType === 'ServicePrincipal' ? 'Application' : 'User';
  let message: string | null = null;
  if (appRole !== undefined && role === undefined) {
    const known = appRoles.map(({ value }) => value).join(', ');
    message = `the application has no role "${appRole}". ${known === '' ? 'Its appRoles are empty.' : `It has: ${known}.`}`;
  } else if (role !== undefined && !role.allowedMemberTypes.includes(memberType)) {
    message = `the role "${role.displayName}" is not for a ${principalType}. Add ${memberType} to its allowedMemberTypes.`;
  }
  if (message !== null) {
    problems.push({ path: [...path, 'appRole'], message });
    return null;
  }
  return {
    id: randomId(),
    principalId,
    principalType,
    identityProviderId:
      entry.identityProviderId ?? onPremisesPublishing.identityProviderId ?? rules.identityProviderIds[0] ?? '',
    principalDisplayName: entry.principalDisplayName ?? principalId,
    resourceId: application.id,
    appRoleId: role?.id ?? DEFAULT_APP_ROLE_ID,
    createdDateTime: new Date(nowMs).toISOString(),
  };
}

function noteChange(
  before: AppRoleAssignment | undefined,
  after: AppRoleAssignment,
  application: Application,
  { changes }: PlanContext,
): void {
  const fields = findFieldChanges(before === undefined ? {} : viewOf(before), viewOf(after));
  if (fields.length === 0) return;
  changes.push({
    action: before === undefined ? 'create' : 'change',
    kind: 'assignment',
    id: before?.id ?? null,
    name: nameOf(after, application),
    fields,
    step: STEPS.writeAssignment,
    make: async ({ assignments }, change) => {
      if (before !== undefined) await assignments.remove(application.id, before.id, change);
      await assignments.create(before === undefined ? after : { ...after, id: before.id }, change);
    },
  });
}

function removeOrKeep(assignment: AppRoleAssignment, application: Application, context: PlanContext): void {
  const { id } = assignment;
  const name = nameOf(assignment, application);
  if (!context.isPruning) {
    context.kept.push({ kind: 'assignment', id, name });
    return;
  }
  context.changes.push({
    action: 'delete',
    kind: 'assignment',
    id,
    name,
    fields: [],
    step: STEPS.deleteAssignment,
    make: (records, change) => records.assignments.remove(application.id, id, change),
  });
}

/** A role must not vanish from under those who have it. */
function checkRoles(
  assignments: readonly AppRoleAssignment[],
  { appRoles }: Application,
  index: number | null,
  { problems }: PlanContext,
): void {
  if (index === null) return;
  for (const { appRoleId, principalDisplayName } of assignments) {
    if (appRoleId === DEFAULT_APP_ROLE_ID || appRoles.some(({ id }) => id === appRoleId)) continue;
    const message = `"${principalDisplayName}" has the role ${appRoleId}, which is not among these. Keep the role, or delete the assignment (--prune, with assignments that don't name it).`;
    problems.push({ path: ['applications', index, 'appRoles'], message });
  }
}

function keyOf({ principalType, principalId, appRoleId }: AppRoleAssignment): string {
  return JSON.stringify([principalType, principalId, appRoleId]);
}

function viewOf({
  principalType,
  principalId,
  principalDisplayName,
  appRoleId,
  identityProviderId,
}: AppRoleAssignment): object {
  return { principalType, principalId, principalDisplayName, appRoleId, identityProviderId };
}

function nameOf(
  { principalType, principalDisplayName, appRoleId }: AppRoleAssignment,
  application: Application,
): string {
  const role = application.appRoles.find(({ id }) => id === appRoleId);
  return `${application.displayName}: ${principalType} ${principalDisplayName}${role === undefined ? '' : ` as ${role.value}`}`;
}
