import { makeReason } from '../../src-shared/errors/reasons.ts';
import { createHash } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { requireConnectorGroup } from './connector-group-records.ts';
import { type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import type { DatabaseSchema } from './schema.ts';
import type { Change, ChangeContext, UnitOfWork } from './unit-of-work.ts';

/** A right to enrol connectors without an administrator's token. The token itself is kept nowhere. */
export interface EnrolmentTokenRecord {
  readonly id: string;
  /** What it is for, in the words of whoever made it. */
  readonly displayName: string | null;
  readonly connectorGroupId: string;
  readonly maxUses: number;
  readonly uses: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly createdBy: string;
}

/** Fields by which enrolment tokens can be filtered and ordered. */
export const ENROLMENT_TOKEN_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  displayName: { column: 'display_name', kind: 'text', isNullable: true },
  connectorGroupId: { column: 'connector_group_id', kind: 'id' },
  createdDateTime: { column: 'created_at_ms', kind: 'date' },
  expiryDateTime: { column: 'expires_at_ms', kind: 'date' },
} as const satisfies ListColumns;

/** The form in which a token is stored and looked up: SHA-256, hexadecimal. Tokens are random, so that it needs no salt. */
export function hashEnrolmentToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The enrolment tokens that were made and not deleted, used up and expired ones included. */
export class EnrolmentTokenRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: UnitOfWork;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, unit: UnitOfWork, clock: () => number) {
    this.#db = db;
    this.#unit = unit;
    this.#clock = clock;
  }

  async page(query: ListQuery): Promise<ListPage<EnrolmentTokenRecord>> {
    const page = await readPage(this.#db.selectFrom('enrolment_tokens').selectAll(), query, ENROLMENT_TOKEN_COLUMNS);
    return { ...page, items: page.items.map(fromRow) };
  }

  /** @throws PosternError `API_NOT_FOUND` */
  async require(id: string): Promise<EnrolmentTokenRecord> {
    const row = await this.#db.selectFrom('enrolment_tokens').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined)
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('enrolmentTokenUnknown', { id }) });
    return fromRow(row);
  }

  /**
   * Whether a token would do now, without using it.
   * @throws PosternError `ENROLMENT_TOKEN_INVALID`, `ENROLMENT_TOKEN_EXPIRED`, `ENROLMENT_TOKEN_USED`
   */
  async check(tokenHash: string): Promise<void> {
    const row = await this.#db
      .selectFrom('enrolment_tokens')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    if (row === undefined) throw new PosternError('ENROLMENT_TOKEN_INVALID');
    if (row.expires_at_ms <= this.#clock()) throw new PosternError('ENROLMENT_TOKEN_EXPIRED');
    if (row.uses >= row.max_uses) throw new PosternError('ENROLMENT_TOKEN_USED');
  }

  /** @throws PosternError `API_INVALID` for an unknown connector group */
  async create(record: EnrolmentTokenRecord, tokenHash: string, context: ChangeContext): Promise<EnrolmentTokenRecord> {
    return this.#unit.run(context, async (change) => {
      await requireConnectorGroup(change.db, record.connectorGroupId);
      await change.db
        .insertInto('enrolment_tokens')
        .values({
          id: record.id,
          token_hash: tokenHash,
          connector_group_id: record.connectorGroupId,
          max_uses: record.maxUses,
          uses: record.uses,
          created_at_ms: record.createdAtMs,
          expires_at_ms: record.expiresAtMs,
          created_by: record.createdBy,
          display_name: record.displayName,
        })
        .execute();
      await change.audit({ ...target(record.id), action: 'enrolmentToken.create', before: null, after: record });
      return record;
    });
  }

  /** @throws PosternError `API_NOT_FOUND` */
  async remove(id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const row = await change.db.deleteFrom('enrolment_tokens').where('id', '=', id).returningAll().executeTakeFirst();
      if (row === undefined)
        throw new PosternError('API_NOT_FOUND', { reason: makeReason('enrolmentTokenUnknown', { id }) });
      await change.audit({ ...target(id), action: 'enrolmentToken.delete', before: fromRow(row), after: null });
    });
  }
}

/**
 * Uses a token once, in the transaction of what it is used for. One statement checks and counts, so that of two callers
 * at once only as many get through as uses are left.
 * @throws PosternError `ENROLMENT_TOKEN_INVALID`, `ENROLMENT_TOKEN_EXPIRED`, `ENROLMENT_TOKEN_USED`
 */
export async function consumeEnrolmentToken(
  change: Change,
  tokenHash: string,
  nowMs: number,
): Promise<EnrolmentTokenRecord> {
  const row = await change.db
    .updateTable('enrolment_tokens')
    .set((eb) => ({ uses: eb('uses', '+', 1) }))
    .where('token_hash', '=', tokenHash)
    .where('expires_at_ms', '>', nowMs)
    .whereRef('uses', '<', 'max_uses')
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return fromRow(row);
  const refused = await change.db
    .selectFrom('enrolment_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (refused === undefined) throw new PosternError('ENROLMENT_TOKEN_INVALID');
  throw new PosternError(refused.expires_at_ms <= nowMs ? 'ENROLMENT_TOKEN_EXPIRED' : 'ENROLMENT_TOKEN_USED');
}

function target(id: string): { targetKind: string; targetId: string } {
  return { targetKind: 'enrolmentToken', targetId: id };
}

function fromRow(row: Selectable<DatabaseSchema['enrolment_tokens']>): EnrolmentTokenRecord {
  return {
    id: row.id,
    displayName: row.display_name,
    connectorGroupId: row.connector_group_id,
    maxUses: row.max_uses,
    uses: row.uses,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    createdBy: row.created_by,
  };
}
