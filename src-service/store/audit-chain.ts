import { createHash } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { DatabaseSchema } from './schema.ts';

export type AuditRow = Selectable<DatabaseSchema['audit_records']>;

/** An audit record before it is bound to the one before. */
export type UnchainedAuditRow = Omit<AuditRow, 'previous_hash' | 'hash'>;

/** The last record of the audit: whoever keeps this elsewhere can tell whether anything up to it has been changed since. */
export interface AuditHead {
  /** 0 where there is no record. */
  readonly sequence: number;
  readonly hash: string;
}

/** What the first record follows. */
export const EMPTY_AUDIT: AuditHead = { sequence: 0, hash: '0'.repeat(64) };

/** Stands in what is hashed: another form of records would have another name here. */
const FORM = 'postern.audit.1';

/** Records that are held in memory at once. */
const BATCH = 500;

/**
 * The hash of a record: SHA-256, in hexadecimal, over the UTF-8 of a JSON array without white space: the name of the form, the
 * hash of the record before, and the columns in this order, with `before` and `after` as the texts that they are stored as
 * (ADR 0039).
 */
export function auditHash(row: UnchainedAuditRow, previousHash: string): string {
  const content = [
    FORM,
    previousHash,
    row.sequence,
    row.id,
    row.at_ms,
    row.activity_id,
    row.actor_id,
    row.actor_display_name,
    row.actor_kind,
    row.client_address,
    row.action,
    row.target_kind,
    row.target_id,
    row.before,
    row.after,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** A text that both databases give back as they took it: neither half a surrogate pair nor NUL survives in both. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

export async function readAuditHead(db: Kysely<DatabaseSchema>): Promise<AuditHead> {
  const last = await db
    .selectFrom('audit_records')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ?? EMPTY_AUDIT;
}

/** The records in their order, a few hundred in memory at a time. What is written meanwhile is among them. */
export async function* readAudit(db: Kysely<DatabaseSchema>, after = 0): AsyncGenerator<AuditRow, void, void> {
  let last = after;
  for (;;) {
    const rows = await db
      .selectFrom('audit_records')
      .selectAll()
      .where('sequence', '>', last)
      .orderBy('sequence')
      .limit(BATCH)
      .execute();
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.sequence;
  }
}
