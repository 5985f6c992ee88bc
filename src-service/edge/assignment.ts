import {
  type AppRole,
  type AppRoleAssignment,
  DEFAULT_APP_ROLE_ID,
  readClaimPrincipal,
} from '../../src-shared/publishing/app-roles.ts';
import type { Application } from '../../src-shared/publishing/application.ts';
import { areGroupsUnknown, claimValues } from '../identity/session-claims.ts';
import type { Session } from '../identity/session.ts';

/** Values of the roles that an assignment gives; none where it gives entry alone. */
type Roles = readonly string[];

/** Who may enter an application, and with which roles, ready for look-ups. */
export interface Assignments {
  readonly isRequired: boolean;
  /** By object id. What a program is called never makes it a user (ADR 0022). */
  readonly users: ReadonlyMap<string, Roles>;
  readonly programs: ReadonlyMap<string, Roles>;
  readonly groups: ReadonlyMap<string, Roles>;
  /** By the name of the claim, then by its value. */
  readonly claims: ReadonlyMap<string, ReadonlyMap<string, Roles>>;
  /** Values of the `roles` claim that open the application to a user, and to a program. */
  readonly userRoles: ReadonlySet<string>;
  readonly applicationRoles: ReadonlySet<string>;
  /** Whether any assignment gives a role. */
  readonly hasRoles: boolean;
  /** Sessions with the roles that the assignments give. What is computed from one is kept by the object. */
  readonly assigned: WeakMap<Session, Session>;
}

/** What of a published application says who may enter it. */
interface AssignedApplication {
  readonly assignments: Assignments;
  readonly identityProviderId: string;
}

/** Brings the assignments of an application into the form that requests are decided by. */
export function compileAssignments(
  { appRoleAssignmentRequired, appRoles }: Pick<Application, 'appRoleAssignmentRequired' | 'appRoles'>,
  assignments: readonly AppRoleAssignment[],
): Assignments {
  const enabled = appRoles.filter(({ isEnabled }) => isEnabled);
  const users = new Map<string, string[]>();
  const programs = new Map<string, string[]>();
  const groups = new Map<string, string[]>();
  const claims = new Map<string, Map<string, string[]>>();
  let hasRoles = false;
  for (const { principalId, principalType, appRoleId } of assignments) {
    const role = enabled.find(({ id }) => id === appRoleId);
    // Whoever has a role that is switched off has no other reason to enter.
    if (role === undefined && appRoleId !== DEFAULT_APP_ROLE_ID) continue;
    hasRoles ||= role !== undefined;
    if (principalType === 'User') add(users, principalId, role);
    else if (principalType === 'Group') add(groups, principalId, role);
    else if (principalType === 'ServicePrincipal') add(programs, principalId, role);
    else {
      const principal = readClaimPrincipal(principalId);
      if (principal === null) continue;
      const values = claims.get(principal.claim) ?? new Map<string, string[]>();
      claims.set(principal.claim, values);
      add(values, principal.value, role);
    }
  }
  return {
    isRequired: appRoleAssignmentRequired,
    users,
    programs,
    groups,
    claims,
    userRoles: valuesFor(enabled, 'User'),
    applicationRoles: valuesFor(enabled, 'Application'),
    hasRoles,
    assigned: new WeakMap(),
  };
}

/**
 * Whether somebody may open an application (B17): nobody of another provider. A program that came for itself (B18): by its object id, or with a role in its
 * token. Of an application that says which roles are for programs those open; of another any, for the provider names roles of
 * the token's audience alone.
 */
export function isAssigned({ assignments, identityProviderId }: AssignedApplication, session: Session): boolean {
  if (session.providerId !== identityProviderId) return false;
  const { isRequired, users, programs, groups, userRoles, applicationRoles } = assignments;
  if (!isRequired) return true;
  if (session.isApplication === true) {
    if (programs.has(session.userId)) return true;
    if (applicationRoles.size === 0) return session.roles.length > 0;
    return session.roles.some((role) => applicationRoles.has(role));
  }
  if (users.has(session.userId)) return true;
  if (groups.size > 0 && session.groups.some((id) => groups.has(id))) return true;
  if (userRoles.size > 0 && session.roles.some((role) => userRoles.has(role))) return true;
  return grantsByClaims(assignments, session).length > 0;
}

/** Whether somebody who may not enter perhaps could, if all their groups were known. */
export function couldGroupsOpen({ assignments }: AssignedApplication, session: Session): boolean {
  return assignments.groups.size > 0 && areGroupsUnknown(session);
}

/**
 * The session with the roles that assignments of the application give beside those of the token: the same object where they
 * give none, and else one and the same for one session.
 */
export function withAssignedRoles({ assignments }: AssignedApplication, session: Session): Session {
  if (!assignments.hasRoles) return session;
  const known = assignments.assigned.get(session);
  if (known !== undefined) return known;
  const assigned = addRoles(assignments, session);
  assignments.assigned.set(session, assigned);
  return assigned;
}

function addRoles(assignments: Assignments, session: Session): Session {
  const { users, programs, groups } = assignments;
  const grants =
    session.isApplication === true
      ? [programs.get(session.userId)]
      : [
          users.get(session.userId),
          ...session.groups.map((id) => groups.get(id)),
          ...grantsByClaims(assignments, session),
        ];
  const roles = new Set(session.roles);
  for (const role of grants.flatMap((grant) => grant ?? [])) roles.add(role);
  return roles.size === session.roles.length ? session : { ...session, roles: [...roles] };
}

function grantsByClaims({ claims }: Assignments, session: Session): Roles[] {
  const grants: Roles[] = [];
  for (const [claim, values] of claims) {
    for (const value of claimValues(session, claim)) {
      const grant = values.get(value);
      if (grant !== undefined) grants.push(grant);
    }
  }
  return grants;
}

function add(map: Map<string, string[]>, key: string, role: AppRole | undefined): void {
  const roles = map.get(key) ?? [];
  if (role !== undefined) roles.push(role.value);
  map.set(key, roles);
}

function valuesFor(roles: readonly AppRole[], memberType: AppRole['allowedMemberTypes'][number]): Set<string> {
  return new Set(roles.filter((role) => role.allowedMemberTypes.includes(memberType)).map(({ value }) => value));
}
