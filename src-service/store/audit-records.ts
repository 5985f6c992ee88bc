import type { Kysely, Selectable } from 'kysely';
import { type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import type { DatabaseSchema } from './schema.ts';
import type { AuditEntry, ChangeContext, UnitOfWork } from './unit-of-work.ts';

/** Who changed what, when, from what to what. */
export interface AuditRecord {
  readonly id: string;
  readonly activityDateTime: string;
  readonly activityId: string;
  readonly activityDisplayName: string;
  readonly initiatedBy: {
    readonly id: string;
    readonly displayName: string;
    readonly kind: string;
    /** Where the change was asked for from. */
    readonly ipAddress: string | null;
  };
  readonly targetKind: string;
  readonly targetId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly sequence: number;
  readonly previousHash: string;
  /** Over this record and the hash of the one before (ADR 0039). */
  readonly hash: string;
}

/** Fields by which audit records can be filtered and ordered. */
export const AUDIT_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  sequence: { column: 'sequence', kind: 'number' },
  activityDateTime: { column: 'at_ms', kind: 'date' },
  activityDisplayName: { column: 'action', kind: 'text' },
  activityId: { column: 'activity_id', kind: 'id' },
  targetKind: { column: 'target_kind', kind: 'id' },
  targetId: { column: 'target_id', kind: 'id' },
  initiatedById: { column: 'actor_id', kind: 'id' },
  initiatedByKind: { column: 'actor_kind', kind: 'id' },
  initiatedByDisplayName: { column: 'actor_display_name', kind: 'text' },
  ipAddress: { column: 'client_address', kind: 'id', isNullable: true },
  'before/displayName': { column: 'before', path: '$.displayName', kind: 'text', isNullable: true },
  'before/name': { column: 'before', path: '$.name', kind: 'text', isNullable: true },
  'after/displayName': { column: 'after', path: '$.displayName', kind: 'text', isNullable: true },
  'after/name': { column: 'after', path: '$.name', kind: 'text', isNullable: true },
} as const satisfies ListColumns;

/** The audit. Records are written with the changes that they tell of (`UnitOfWork`), and alone where nothing was changed. */
export class AuditRecords {
  readonly #db: Kysely<DatabaseSchema>;

  readonly #unit: UnitOfWork;

  constructor(db: Kysely<DatabaseSchema>, unit: UnitOfWork) {
    this.#db = db;
    this.#unit = unit;
  }

  /** Records what somebody did that changed nothing. @throws PosternError `STORE_UNAVAILABLE` */
  async note(entry: AuditEntry, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, (change) => change.audit(entry));
  }

  async find(id: string): Promise<AuditRecord | null> {
    const row = await this.#db.selectFrom('audit_records').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  }

  async page(query: ListQuery): Promise<ListPage<AuditRecord>> {
    const page = await readPage(this.#db.selectFrom('audit_records').selectAll(), query, AUDIT_COLUMNS);
    return { ...page, items: page.items.map(fromRow) };
  }
}

function fromRow(row: Selectable<DatabaseSchema['audit_records']>): AuditRecord {
  return {
    id: row.id,
    activityDateTime: new Date(row.at_ms).toISOString(),
    activityId: row.activity_id,
    activityDisplayName: row.action,
    initiatedBy: {
      id: row.actor_id,
      displayName: row.actor_display_name,
      kind: row.actor_kind,
      ipAddress: row.client_address,
    },
    targetKind: row.target_kind,
    targetId: row.target_id,
    before: row.before === null ? null : (JSON.parse(row.before) as unknown),
    after: row.after === null ? null : (JSON.parse(row.after) as unknown),
    sequence: row.sequence,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
