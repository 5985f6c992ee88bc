import { type SelectQueryBuilder, sql } from 'kysely';
import { type ListColumn, type ListColumns, type ListFilter, filterSql, keySql } from './list-filter.ts';
import type { DatabaseSchema } from './schema.ts';

export type { ListColumns } from './list-filter.ts';

/** Which part of a list is wanted, in the API's field names. */
export interface ListQuery {
  /** All of them must hold. */
  readonly conditions: readonly ListFilter[];
  readonly orderBy: { readonly field: string; readonly isDescending: boolean } | null;
  readonly top: number;
  /** Where the page before ended: the value it is ordered by, and the id. */
  readonly after: { readonly value: string | number; readonly id: string } | null;
  /** Whether the items of all pages are to be counted. */
  readonly isCounted?: boolean;
}

/** One page; `next` is null on the last. */
export interface ListPage<Item> {
  readonly items: Item[];
  readonly next: { readonly value: string | number; readonly id: string } | null;
  /** The items of all pages, where they were to be counted. */
  readonly count?: number;
}

/** Every item there is, in no set order: for readers inside the service. */
export const EVERYTHING: ListQuery = { conditions: [], orderBy: null, top: Number.MAX_SAFE_INTEGER - 1, after: null };

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
  const order = query.orderBy === null ? undefined : columns[query.orderBy.field];
  const isDescending = query.orderBy?.isDescending ?? false;
  const key = order === undefined || order.kind === 'collection' ? sql.ref('id') : orderSql(order);
  if (query.after !== null) {
    const { value, id } = query.after;
    const beyond = isDescending ? sql`<` : sql`>`;
    select = select.where(sql<boolean>`(${key} ${beyond} ${value} or (${key} = ${value} and id > ${id}))`);
  }
  const found = await select
    .select(sql<string | number>`${key}`.as('page_key'))
    .orderBy(key, isDescending ? 'desc' : 'asc')
    .orderBy(sql.ref('id'))
    .limit(query.top + 1)
    .execute();
  const items = found.slice(0, query.top);
  const last = items.at(-1);
  const isLastPage = found.length <= query.top || last === undefined;
  const next = isLastPage ? null : { value: last.page_key, id: last.id };
  if (query.isCounted !== true) return { items, next };
  const { count } = await all
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return { items, next, count };
}

/** What is missing orders as if it were empty: with SQL's own null no page would go on behind it. */
function orderSql(column: ListColumn) {
  if (column.kind === 'text') return sql`coalesce(${keySql(column)}, '')`;
  return column.isNullable
    ? sql`coalesce(${keySql(column)}, ${column.kind === 'id' ? sql`''` : sql`0`})`
    : keySql(column);
}
