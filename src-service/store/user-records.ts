import type { Kysely, Selectable } from 'kysely';
import type { User } from '../../src-shared/publishing/application.ts';
import { type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import type { DatabaseSchema } from './schema.ts';

/** Fields by which people can be filtered and ordered. */
export const USER_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  displayName: { column: 'display_name', kind: 'text' },
  userPrincipalName: { column: 'user_principal_name', kind: 'text' },
} as const satisfies ListColumns;

/** The people whom the service knows: seen at a sign-in, or listed in the configuration. */
export class UserRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  async page(query: ListQuery): Promise<ListPage<User>> {
    const page = await readPage(this.#db.selectFrom('users').selectAll(), query, USER_COLUMNS);
    return { ...page, items: page.items.map(fromRow) };
  }

  async find(id: string): Promise<User | null> {
    const row = await this.#db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  }

  /** Notes a sign-in; the names at the provider count from then on. */
  async upsert(user: User): Promise<void> {
    await this.#save(user, this.#clock());
  }

  /** Makes people of the configuration known. */
  async addDirectory(users: readonly User[]): Promise<void> {
    for (const user of users) await this.#save(user, null);
  }

  async #save(user: User, lastSeenAtMs: number | null): Promise<void> {
    const names = { display_name: user.displayName, user_principal_name: user.userPrincipalName };
    const seen = lastSeenAtMs === null ? {} : { last_seen_at_ms: lastSeenAtMs };
    await this.#db
      .insertInto('users')
      .values({ id: user.id, ...names, last_seen_at_ms: lastSeenAtMs })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...names, ...seen }))
      .execute();
  }
}

function fromRow(row: Selectable<DatabaseSchema['users']>): User {
  return { id: row.id, displayName: row.display_name, userPrincipalName: row.user_principal_name };
}
