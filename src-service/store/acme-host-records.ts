import type { Kysely, Selectable } from 'kysely';
import type { DatabaseSchema } from './schema.ts';

/** How a host that gets its certificates by ACME stands. */
export interface AcmeHostRecord {
  readonly hostname: string;
  readonly certificateId: string | null;
  readonly failures: number;
  readonly lastProblem: string | null;
  readonly lastAttemptAtMs: number | null;
  readonly nextAttemptAtMs: number;
}

/** The hosts that get their certificates by ACME. Working notes of the service: no change in the sense of the audit. */
export class AcmeHostRecords {
  readonly #db: Kysely<DatabaseSchema>;

  constructor(db: Kysely<DatabaseSchema>) {
    this.#db = db;
  }

  async list(): Promise<AcmeHostRecord[]> {
    return (await this.#db.selectFrom('acme_hosts').selectAll().orderBy('hostname').execute()).map(fromRow);
  }

  async put(record: AcmeHostRecord): Promise<void> {
    const row = {
      hostname: record.hostname,
      certificate_id: record.certificateId,
      failures: record.failures,
      last_problem: record.lastProblem,
      last_attempt_at_ms: record.lastAttemptAtMs,
      next_attempt_at_ms: record.nextAttemptAtMs,
    };
    await this.#db
      .insertInto('acme_hosts')
      .values(row)
      .onConflict((conflict) => conflict.column('hostname').doUpdateSet(row))
      .execute();
  }
}

function fromRow(row: Selectable<DatabaseSchema['acme_hosts']>): AcmeHostRecord {
  return {
    hostname: row.hostname,
    certificateId: row.certificate_id,
    failures: row.failures,
    lastProblem: row.last_problem,
    lastAttemptAtMs: row.last_attempt_at_ms,
    nextAttemptAtMs: row.next_attempt_at_ms,
  };
}
