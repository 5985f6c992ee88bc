import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { type ListColumns, type ListFilter, filterSql, keySql } from './list-filter.ts';
import type { DatabaseSchema } from './schema.ts';

export type { ListColumns } from './list-filter.ts';

/** A field that a list is ordered by. */
export interface ListOrder {
  readonly field: string;
  readonly isDescending: boolean;
}

/** Where a page ended: the values that it is ordered by, and the id. */
export interface ListPlace {
  readonly values: readonly (string | number)[];
  readonly id: string;
}

/** Which part of a list is wanted, in the API's field names. */
export interface ListQuery {
  /** All of them must hold. */
  readonly conditions: readonly ListFilter[];
  /** The first counts most; where all are equal, and where there is none, the id. */
  readonly orderBy: readonly ListOrder[];
  readonly top: number;
  readonly after: ListPlace | null;
  /** Whether the items of all pages are to be counted. */
  readonly isCounted?: boolean;
}

/** One page; `next` is null on the last. */
export interface ListPage<Item> {
  readonly items: Item[];
  readonly next: ListPlace | null;
  /** The items of all pages, where they were to be counted. */
  readonly count?: number;
}

/** Every item there is, in no set order: for readers inside the service. */
export const EVERYTHING: ListQuery = { conditions: [], orderBy: [], top: Number.MAX_SAFE_INTEGER - 1, after: null };

/**
 * Reads one page. Pages are found by key, not by number, so that rows which come and go meanwhile shift nothing.
 * Fields that `columns` doesn't name must have been refused before.
 */
export async function readPage<Table extends keyof DatabaseSchema, Row extends { id: string }>(
  rows: SelectQueryBuilder<DatabaseSchema, Table, Row>,
  query: ListQuery,
  columns: ListColumns,
): Promise<ListPage<Row>> {
  let select = rows;
  for (const condition of query.conditions) select = select.where(filterSql(condition, columns));
  const all = select;
  const keys = query.orderBy.map(({ field, isDescending }) => ({ key: orderSql(columns[field]), isDescending }));
  if (query.after !== null) select = select.where(beyondSql(keys, query.after));
  for (const { key, isDescending } of keys) select = select.orderBy(key, isDescending ? 'desc' : 'asc');
  const found = await select
    .select(keys.map(({ key }, index) => sql<string | number>`${key}`.as(`page_key_${index}`)))
    .orderBy(sql.ref('id'))
    .limit(query.top + 1)
    .execute();
  const items = found.slice(0, query.top);
  const last = items.at(-1);
  const isLastPage = found.length <= query.top || last === undefined;
  const next = isLastPage ? null : { values: keys.map((_, index) => pageKey(last, index)), id: last.id };
  if (query.isCounted !== true) return { items, next };
  const { count } = await all
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return { items, next, count };
}

interface OrderKey {
  readonly key: RawBuilder<unknown>;
  readonly isDescending: boolean;
}

/** What comes behind a place: further in the first key in which it differs, or in the id where it differs in none. */
function beyondSql(keys: readonly OrderKey[], { values, id }: ListPlace): RawBuilder<boolean> {
  return keys.reduceRight<RawBuilder<boolean>>(
    (rest, { key, isDescending }, index) =>
      sql<boolean>`(${key} ${isDescending ? sql`<` : sql`>`} ${values[index]} or (${key} = ${values[index]} and ${rest}))`,
    sql<boolean>`id > ${id}`,
  );
}

function pageKey(row: object, index: number): string | number {
  const value: unknown = Reflect.get(row, `page_key_${index}`);
  return typeof value === 'number' ? value : String(value);
}

/** What is missing orders as if it were empty: with SQL's own null no page would go on behind it. */
function orderSql(column: ListColumns[string] | undefined): RawBuilder<unknown> {
  if (column === undefined || column.kind === 'collection') throw new RangeError('No column to order by.');
  if (column.kind === 'text') return sql`coalesce(${keySql(column)}, '')`;
  return column.isNullable
    ? sql`coalesce(${keySql(column)}, ${column.kind === 'id' ? sql`''` : sql`0`})`
    : keySql(column);
}
