import { hash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { DatabaseSchema } from './schema.ts';

/** Values that were used up, until they would have expired anyway: what is good once is so on all nodes together. */
export class UsedValueRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Uses a value up. One statement checks and notes, so that of two callers at once one gets through.
   * @returns false when it was used before
   */
  async consume(value: string, expiresAtMs: number): Promise<boolean> {
    const row = await this.#db
      .insertInto('used_values')
      .values({ id: hash('sha256', value, 'base64url'), expires_at_ms: expiresAtMs })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ expires_at_ms: expiresAtMs })
          .where('used_values.expires_at_ms', '<=', this.#clock()),
      )
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async removeExpired(): Promise<void> {
    await this.#db.deleteFrom('used_values').where('expires_at_ms', '<=', this.#clock()).execute();
  }
}
