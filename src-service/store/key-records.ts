import type { Kysely } from 'kysely';
import type { Sealer } from './sealer.ts';
import type { DatabaseSchema } from './schema.ts';

/** What a key is for. */
export type KeyPurpose = 'acme-account' | 'connector-authority' | 'cookie' | 'identity-assertion';

/** A secret key, opened. */
export interface KeyRecord {
  readonly id: string;
  readonly secret: Uint8Array;
  /** What of it is public (a certificate in PEM, the directory of an account, a JWK); null for symmetric keys. */
  readonly publicText: string | null;
  readonly createdAtMs: number;
}

/** Secret keys that the service makes for itself, sealed at rest. Several of one purpose stand side by side while they rotate. */
export class KeyRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #sealer: Sealer;
  readonly #clock: () => number;
  readonly #randomId: () => string;

  constructor(db: Kysely<DatabaseSchema>, sealer: Sealer, clock: () => number, randomId: () => string) {
    this.#db = db;
    this.#sealer = sealer;
    this.#clock = clock;
    this.#randomId = randomId;
  }

  /** The keys of a purpose, newest first. */
  async list(purpose: KeyPurpose): Promise<KeyRecord[]> {
    const rows = await this.#db
      .selectFrom('keys')
      .selectAll()
      .where('purpose', '=', purpose)
      .orderBy('created_at_ms', 'desc')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      secret: this.#sealer.open(row.secret, `keys/${row.id}`),
      publicText: row.public_text,
      createdAtMs: row.created_at_ms,
    }));
  }

  async add(purpose: KeyPurpose, secret: Uint8Array, publicText: string | null): Promise<void> {
    const id = this.#randomId();
    const sealed = this.#sealer.seal(secret, `keys/${id}`);
    const row = { id, purpose, secret: sealed, public_text: publicText, created_at_ms: this.#clock() };
    await this.#db.insertInto('keys').values(row).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('keys').where('id', '=', id).execute();
  }
}
