import { type Kysely, sql } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Database } from './database/database.ts';
import { type Sealer, sealedWith } from './sealer.ts';

/** A column whose values are sealed, and with what label. */
interface SealedColumn {
  readonly table: string;
  readonly idColumn: string;
  readonly column: string;
  readonly label: (id: string) => string;
}

/** All of them: what is not listed here keeps its old key, and is lost with it. @internal exported for tests */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'keys', idColumn: 'id', column: 'secret', label: (id) => `keys/${id}` },
  { table: 'certificates', idColumn: 'id', column: 'private_key', label: (id) => `certificates/${id}` },
  { table: 'sessions', idColumn: 'id', column: 'id_token', label: (id) => `sessions/${id}` },
  { table: 'sessions', idColumn: 'id', column: 'refresh_token', label: (id) => `sessions/${id}/refresh_token` },
  { table: 'idempotent_answers', idColumn: 'id', column: 'body', label: (id) => `idempotent_answers/${id}` },
  { table: 'service_values', idColumn: 'name', column: 'sealed_value', label: (id) => id },
];

/** Rows of one transaction: changes of administrators get in between. */
const BATCH = 100;
/** A running service knows a new key within a second; what it sealed until then is found by another pass. */
const SETTLE_MS = 2000;
const MAX_PASSES = 10;

interface SealedRow {
  readonly id: string;
  readonly value: Uint8Array;
}

/** How many values each key has sealed, by its id; `null` where a value is so old that it doesn't say. */
export async function countSealedValues(database: Database): Promise<Map<string | null, number>> {
  const counts = new Map<string | null, number>();
  await eachBatch(database, (_, rows) => {
    for (const { value } of rows) counts.set(sealedWith(value), (counts.get(sealedWith(value)) ?? 0) + 1);
    return Promise.resolve();
  });
  return counts;
}

/**
 * Seals everything with the newest key that another one has sealed, in small transactions beside a running service. May be
 * broken off and begun again. @returns how many values it sealed anew
 * @throws PosternError `STORE_UNAVAILABLE` when a value doesn't open, or a service goes on to seal with an old key
 */
export async function resealValues(database: Database, sealer: Sealer): Promise<number> {
  let total = 0;
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    let found = 0;
    await eachBatch(database, async (place, rows) => {
      const stale = rows.filter(({ value }) => sealer.isStale(value));
      if (stale.length > 0) found += await reseal(database, sealer, place, stale);
    });
    total += found;
    if (found === 0 && pass > 1) return total;
    await delay(SETTLE_MS);
  }
  throw new PosternError('STORE_UNAVAILABLE', {
    message:
      'A service goes on to seal with an old key. Give every node the new key as its first one, then rotate again.',
  });
}

async function reseal(
  database: Database,
  sealer: Sealer,
  { table, idColumn, column, label }: SealedColumn,
  rows: readonly SealedRow[],
): Promise<number> {
  return database.change(async (transaction) => {
    let count = 0;
    for (const { id, value } of rows) {
      const fresh = sealer.seal(sealer.open(value, label(id)), label(id));
      // Only over the value that was read: the service may have put another one there meanwhile.
      const { numAffectedRows } = await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${fresh}
        where ${sql.ref(idColumn)} = ${id} and ${sql.ref(column)} = ${value}`.execute(transaction);
      count += Number(numAffectedRows ?? 0);
    }
    return count;
  });
}

async function eachBatch(
  database: Database,
  visit: (place: SealedColumn, rows: readonly SealedRow[]) => Promise<void>,
): Promise<void> {
  const tables = await database.db.introspection.getTables();
  for (const place of SEALED_COLUMNS) {
    const table = tables.find(({ name }) => name === place.table);
    if (table?.columns.some(({ name }) => name === place.column) !== true) continue;
    let after = '';
    for (;;) {
      const rows = await readBatch(database.db, place, after);
      const last = rows.at(-1);
      if (last === undefined) break;
      await visit(place, rows);
      after = last.id;
    }
  }
}

async function readBatch(db: Database['db'], place: SealedColumn, after: string): Promise<SealedRow[]> {
  const { table, idColumn, column } = place;
  // The list above is data: its tables and columns are beyond the types of the schema.
  return (db as unknown as Kysely<Record<string, Record<string, unknown>>>)
    .selectFrom(table)
    .select([`${idColumn} as id`, `${column} as value`])
    .where(idColumn, '>', after)
    .where(column, 'is not', null)
    .orderBy(idColumn)
    .limit(BATCH)
    .execute() as unknown as Promise<SealedRow[]>;
}
