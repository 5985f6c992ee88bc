import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
import type { Kysely, Selectable } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type AppRole, type AppRoleAssignment, DEFAULT_APP_ROLE_ID } from '../../src-shared/publishing/app-roles.ts';
import { EVERYTHING, type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import { isUniqueViolation } from './database/unique-violation.ts';
import type { DatabaseSchema } from './schema.ts';
import type { ChangeContext, ChangeRunner } from './unit-of-work.ts';

/** Fields by which assignments can be filtered and ordered. */
export const ASSIGNMENT_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  principalId: { column: 'principal_id', kind: 'id' },
  principalType: { column: 'principal_type', kind: 'id' },
  appRoleId: { column: 'app_role_id', kind: 'id' },
  principalDisplayName: { column: 'principal_display_name', kind: 'text' },
  createdDateTime: { column: 'created_at_ms', kind: 'date' },
} as const satisfies ListColumns;

/** Who may enter which application. */
export class AssignmentRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: ChangeRunner;

  constructor(db: Kysely<DatabaseSchema>, unit: ChangeRunner) {
    this.#db = db;
    this.#unit = unit;
  }

  /** Those of all applications. */
  async list(): Promise<AppRoleAssignment[]> {
    const rows = this.#db.selectFrom('app_role_assignments').selectAll();
    return (await readPage(rows, EVERYTHING, ASSIGNMENT_COLUMNS)).items.map(assignmentOf);
  }

  /** Those of one application. */
  async page(applicationId: string, query: ListQuery): Promise<ListPage<AppRoleAssignment>> {
    const rows = this.#db.selectFrom('app_role_assignments').selectAll().where('application_id', '=', applicationId);
    const page = await readPage(rows, query, ASSIGNMENT_COLUMNS);
    return { ...page, items: page.items.map(assignmentOf) };
  }

  /**
   * @throws PosternError `API_NOT_FOUND` without such an application, `API_INVALID` for a role that it has not, `API_CONFLICT`
   * when the principal has the role already
   */
  async create(assignment: AppRoleAssignment, context: ChangeContext): Promise<AppRoleAssignment> {
    return this.#unit.run(context, async (change) => {
      const { resourceId, principalDisplayName, appRoleId } = assignment;
      const application = await change.db
        .selectFrom('applications')
        .select(['display_name', 'app_roles'])
        .where('id', '=', resourceId)
        .executeTakeFirst();
      if (application === undefined) {
        throw new PosternError('API_NOT_FOUND', { reason: makeReason('applicationUnknown', { id: resourceId }) });
      }
      checkRole(assignment, JSON.parse(application.app_roles) as AppRole[]);
      try {
        await change.db.insertInto('app_role_assignments').values(toRow(assignment)).execute();
      } catch (error) {
        if (!isUniqueViolation(error, 'app_role_assignments.principal_id')) throw error;
        throw new PosternError('API_CONFLICT', {
          reason: makeReason(appRoleId === DEFAULT_APP_ROLE_ID ? 'assignedAlready' : 'assignedAlreadyWithRole', {
            person: principalDisplayName,
            application: application.display_name,
          }),
          target: 'principalId',
          cause: error,
        });
      }
      await change.audit({ ...target(assignment.id), action: 'assignment.create', before: null, after: assignment });
      change.announce({ kind: 'assignment', id: assignment.id });
      return assignment;
    });
  }

  /** @throws PosternError `API_NOT_FOUND` */
  async remove(applicationId: string, id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const row = await change.db
        .deleteFrom('app_role_assignments')
        .where('id', '=', id)
        .where('application_id', '=', applicationId)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) {
        throw new PosternError('API_NOT_FOUND', {
          reason: makeReason('applicationOfAssignmentUnknown', { application: applicationId, id }),
        });
      }
      await change.audit({ ...target(id), action: 'assignment.delete', before: assignmentOf(row), after: null });
      change.announce({ kind: 'assignment', id });
    });
  }
}

function checkRole({ appRoleId, principalType }: AppRoleAssignment, roles: readonly AppRole[]): void {
  if (appRoleId === DEFAULT_APP_ROLE_ID) return;
  const role = roles.find(({ id }) => id === appRoleId);
  const memberType = principalType === 'ServicePrincipal' ? 'Application' : 'User';
  let reason: Reason | null = null;
  if (role === undefined) reason = makeReason('roleUnknown', { id: appRoleId });
  else if (!role.allowedMemberTypes.includes(memberType)) {
    const key = memberType === 'User' ? 'roleNotForPeople' : 'roleNotForPrograms';
    reason = makeReason(key, { role: role.displayName });
  }
  if (reason !== null) throw new PosternError('API_INVALID', { reason, target: 'appRoleId' });
}

function target(id: string): { targetKind: string; targetId: string } {
  return { targetKind: 'assignment', targetId: id };
}

function toRow(assignment: AppRoleAssignment): Selectable<DatabaseSchema['app_role_assignments']> {
  return {
    id: assignment.id,
    application_id: assignment.resourceId,
    principal_id: assignment.principalId,
    principal_type: assignment.principalType,
    identity_provider_id: assignment.identityProviderId,
    principal_display_name: assignment.principalDisplayName,
    app_role_id: assignment.appRoleId,
    created_at_ms: Date.parse(assignment.createdDateTime),
  };
}

/** An assignment as its row has it. */
export function assignmentOf(row: Selectable<DatabaseSchema['app_role_assignments']>): AppRoleAssignment {
  return {
    id: row.id,
    principalId: row.principal_id,
    principalType: row.principal_type,
    identityProviderId: row.identity_provider_id,
    principalDisplayName: row.principal_display_name,
    resourceId: row.application_id,
    appRoleId: row.app_role_id,
    createdDateTime: new Date(row.created_at_ms).toISOString(),
  };
}
