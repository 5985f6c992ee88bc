import { type SelectQueryBuilder, sql } from 'kysely';
import type { DatabaseSchema } from './schema.ts';

/** One condition of a list; all of them must hold. */
export interface ListCondition {
  readonly field: string;
  readonly operator: 'eq' | 'startswith';
  readonly value: string | number | boolean | null;
}

/** Which part of a list is wanted, in the API's field names. */
export interface ListQuery {
  readonly conditions: readonly ListCondition[];
  readonly orderBy: { readonly field: string; readonly isDescending: boolean } | null;
  readonly top: number;
  /** Where the page before ended: the value it is ordered by, and the id. */
  readonly after: { readonly value: string | number; readonly id: string } | null;
}

/** One page; `next` is null on the last. */
export interface ListPage<Item> {
  readonly items: Item[];
  readonly next: { readonly value: string | number; readonly id: string } | null;
}

/** Columns by API field; `text` ones compare without regard to case. */
export type ListColumns = Readonly<
  Record<string, { readonly column: string; readonly kind: 'text' | 'id' | 'number' | 'boolean' }>
>;

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
  for (const condition of query.conditions) select = select.where(conditionSql(condition, columns));
  const order = query.orderBy === null ? undefined : columns[query.orderBy.field];
  const isDescending = query.orderBy?.isDescending ?? false;
  const key = order === undefined ? sql.ref('id') : orderSql(order);
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
  if (found.length <= query.top || last === undefined) return { items, next: null };
  return { items, next: { value: last.page_key, id: last.id } };
}

/** What is missing orders as if it were empty: with SQL's own null no page would go on behind it. */
function orderSql(column: ListColumns[string]) {
  return column.kind === 'text' ? sql`coalesce(${keySql(column)}, '')` : sql.ref(column.column);
}

function keySql(column: ListColumns[string]) {
  return column.kind === 'text' ? sql`unicode_lower(${sql.ref(column.column)})` : sql.ref(column.column);
}

function conditionSql(condition: ListCondition, columns: ListColumns) {
  const column = columns[condition.field];
  if (column === undefined) throw new RangeError(`No column for ${condition.field}.`);
  const { value } = condition;
  if (value === null) return sql<boolean>`${sql.ref(column.column)} is null`;
  if (condition.operator === 'startswith') {
    const pattern = `${String(value)
      .toLowerCase()
      .replaceAll(/[\\%_]/g, '\\$&')}%`;
    return sql<boolean>`unicode_lower(${sql.ref(column.column)}) like ${pattern} escape '\\'`;
  }
  if (column.kind === 'text') return sql<boolean>`${keySql(column)} = ${String(value).toLowerCase()}`;
  return sql<boolean>`${sql.ref(column.column)} = ${typeof value === 'boolean' ? Number(value) : value}`;
}
