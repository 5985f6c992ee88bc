import type { Kysely, Selectable } from 'kysely';
import type { User } from '../../src-shared/publishing/application.ts';
import { type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import type { DatabaseSchema } from './schema.ts';

/** Fields by which people can be filtered and ordered. */
export const USER_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  identityProviderId: { column: 'identity_provider_id', kind: 'id' },
  displayName: { column: 'display_name', kind: 'text' },
  userPrincipalName: { column: 'user_principal_name', kind: 'text' },
} as const satisfies ListColumns;

/** A person with the provider whose user they are. */
export type KnownUser = User & { readonly identityProviderId: string };

/** The people whom the service knows: seen at a sign-in, or listed in the configuration. */
export class UserRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  async page(query: ListQuery): Promise<ListPage<KnownUser>> {
    const page = await readPage(this.#db.selectFrom('users').selectAll(), query, USER_COLUMNS);
    return { ...page, items: page.items.map(fromRow) };
  }

  /** The users of that id, of different providers. */
  async findAll(id: string): Promise<KnownUser[]> {
    const rows = await this.#db.selectFrom('users').selectAll().where('id', '=', id).execute();
    return rows.map(fromRow);
  }

  /** Notes a sign-in; the names at the provider count from then on. */
  async upsert(user: KnownUser): Promise<void> {
    await this.#save(user, this.#clock());
  }

  /** Makes people of the configuration known. */
  async addDirectory(users: readonly KnownUser[]): Promise<void> {
    for (const user of users) await this.#save(user, null);
  }

  async #save(user: KnownUser, lastSeenAtMs: number | null): Promise<void> {
    const names = { display_name: user.displayName, user_principal_name: user.userPrincipalName };
    const seen = lastSeenAtMs === null ? {} : { last_seen_at_ms: lastSeenAtMs };
    await this.#db
      .insertInto('users')
      .values({
        id: user.id,
        identity_provider_id: user.identityProviderId,
        ...names,
        last_seen_at_ms: lastSeenAtMs,
      })
      .onConflict((conflict) => conflict.columns(['id', 'identity_provider_id']).doUpdateSet({ ...names, ...seen }))
      .execute();
  }
}

function fromRow(row: Selectable<DatabaseSchema['users']>): KnownUser {
  return {
    id: row.id,
    identityProviderId: row.identity_provider_id,
    displayName: row.display_name,
    userPrincipalName: row.user_principal_name,
  };
}
