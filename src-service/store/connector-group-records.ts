import { type FieldProblem, fieldProblem } from '../../src-shared/errors/fields-error.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import type { Kysely, Selectable } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ConnectorGroup } from '../../src-shared/publishing/application.ts';
import { EVERYTHING, type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import { isUniqueViolation } from './database/unique-violation.ts';
import type { DatabaseSchema } from './schema.ts';
import type { Change, ChangeContext, ChangeRunner } from './unit-of-work.ts';

/** Fields by which connector groups can be filtered and ordered. */
export const CONNECTOR_GROUP_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  name: { column: 'name', kind: 'text' },
  isDefault: { column: 'is_default', kind: 'boolean' },
} as const satisfies ListColumns;

/** The connector groups; `Default` is always there (B67). */
export class ConnectorGroupRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: ChangeRunner;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, unit: ChangeRunner, clock: () => number) {
    this.#db = db;
    this.#unit = unit;
    this.#clock = clock;
  }

  async list(): Promise<ConnectorGroup[]> {
    return (await this.page(EVERYTHING)).items;
  }

  async page(query: ListQuery): Promise<ListPage<ConnectorGroup>> {
    const page = await readPage(this.#db.selectFrom('connector_groups').selectAll(), query, CONNECTOR_GROUP_COLUMNS);
    return { ...page, items: page.items.map(fromRow) };
  }

  async find(id: string): Promise<ConnectorGroup | null> {
    const row = await this.#db.selectFrom('connector_groups').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  }

  /** @throws PosternError `API_CONFLICT` when the name is taken */
  async create(id: string, name: string, context: ChangeContext): Promise<ConnectorGroup> {
    return this.#unit.run(context, async (change) => {
      const row = { id, name, name_key: name.toLowerCase(), is_default: 0, created_at_ms: this.#clock() };
      await nameGuard(name, () => change.db.insertInto('connector_groups').values(row).execute());
      const group = fromRow(row);
      await change.audit({ ...target(id), action: 'connectorGroup.create', before: null, after: group });
      change.announce({ kind: 'connectorGroup', id });
      return group;
    });
  }

  /** @throws PosternError `API_NOT_FOUND`, `API_CONFLICT` when the name is taken */
  async rename(id: string, name: string, context: ChangeContext): Promise<ConnectorGroup> {
    return this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      const values = { name, name_key: name.toLowerCase() };
      await nameGuard(name, () => change.db.updateTable('connector_groups').set(values).where('id', '=', id).execute());
      const after = { ...before, name };
      await change.audit({ ...target(id), action: 'connectorGroup.update', before, after });
      change.announce({ kind: 'connectorGroup', id });
      return after;
    });
  }

  /** @throws PosternError `API_NOT_FOUND`, `API_IN_USE` for Default and for a group with connectors or applications */
  async remove(id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      if (before.isDefault) {
        throw new PosternError('API_IN_USE', { reason: makeReason('groupIsDefault') });
      }
      await requireUnused(change, before);
      await change.db.deleteFrom('connector_groups').where('id', '=', id).execute();
      await change.audit({ ...target(id), action: 'connectorGroup.delete', before, after: null });
      change.announce({ kind: 'connectorGroup', id });
    });
  }
}

/** @throws PosternError `API_INVALID` when there is no such group */
export async function requireConnectorGroup(db: Kysely<DatabaseSchema>, id: string): Promise<void> {
  const [problem] = await findGroupProblem(db, id);
  if (problem !== undefined) throw new PosternError('API_INVALID', problem);
}

/** What is wrong with the id of a group; nothing where there is such a group. */
export async function findGroupProblem(db: Kysely<DatabaseSchema>, id: string): Promise<FieldProblem[]> {
  const row = await db.selectFrom('connector_groups').select('id').where('id', '=', id).executeTakeFirst();
  if (row !== undefined) return [];
  return [fieldProblem('connectorGroupId', makeReason('connectorGroupNotThere', { id }))];
}

async function requireUnused(change: Change, group: ConnectorGroup): Promise<void> {
  for (const table of ['connectors', 'applications'] as const) {
    const users = await change.db
      .selectFrom(table)
      .select('display_name')
      .where('connector_group_id', '=', group.id)
      .limit(4)
      .execute();
    if (users.length === 0) continue;
    const names = users.slice(0, 3).map((user) => user.display_name);
    throw new PosternError('API_IN_USE', {
      reason: makeReason(table === 'connectors' ? 'groupHasConnectors' : 'groupHasApplications', {
        name: group.name,
        members: `${names.join(', ')}${users.length > 3 ? '…' : ''}`,
      }),
    });
  }
}

async function nameGuard(name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!isUniqueViolation(error, 'connector_groups.name_key')) throw error;
    throw new PosternError('API_CONFLICT', {
      reason: makeReason('groupNameTaken', { name }),
      target: 'name',
      cause: error,
    });
  }
}

async function requireRow(change: Change, id: string): Promise<ConnectorGroup> {
  const row = await change.db.selectFrom('connector_groups').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined)
    throw new PosternError('API_NOT_FOUND', { reason: makeReason('connectorGroupUnknown', { id }) });
  return fromRow(row);
}

function target(id: string): { targetKind: string; targetId: string } {
  return { targetKind: 'connectorGroup', targetId: id };
}

function fromRow(row: Selectable<DatabaseSchema['connector_groups']>): ConnectorGroup {
  return { id: row.id, name: row.name, isDefault: row.is_default === 1, connectorGroupType: 'applicationProxy' };
}
