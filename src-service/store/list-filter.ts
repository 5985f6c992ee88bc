import { type RawBuilder, sql } from 'kysely';

/** A value as a filter compares with it; times in ms since the epoch. */
export type FilterValue = string | number | boolean | null;

/** What the value of one field must be. `values` of `in` hold no null. */
export type ListCondition =
  | {
      readonly field: string;
      readonly operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
      readonly value: FilterValue;
    }
  | { readonly field: string; readonly operator: 'startswith' | 'endswith' | 'contains'; readonly value: string }
  | { readonly field: string; readonly operator: 'in'; readonly values: readonly Exclude<FilterValue, null>[] };

/** Conditions put together, in the API's field names. Two-valued: a field that has no value makes a comparison false, and `ne` true. */
export type ListFilter =
  | ListCondition
  | { readonly all: readonly ListFilter[] }
  | { readonly any: readonly ListFilter[] }
  | { readonly not: ListFilter }
  /** Some item of a collection is so; in `where` the item is the field `''`, and its own fields go by their names. */
  | { readonly collection: string; readonly where: ListFilter };

/** Where a field is kept. `text` compares without regard to case, `id` with. */
export interface ListColumn {
  readonly column: string;
  /** Its place in the JSON of the column, such as `$.description`. */
  readonly path?: string;
  readonly kind: 'text' | 'id' | 'number' | 'date' | 'boolean';
  readonly isNullable?: true;
}

/** A field that has many values, kept as JSON or as rows of another table. */
export interface ListCollection {
  readonly kind: 'collection';
  readonly from:
    | { readonly column: string; readonly path: string }
    | { readonly table: string; readonly key: string; readonly owner: string; readonly value: string };
  /** The fields of an item; that with the name `''` is the item itself. */
  readonly items: Readonly<Record<string, ListColumn>>;
}

/** Columns by API field. */
export type ListColumns = Readonly<Record<string, ListColumn | ListCollection>>;

/** How the value of an item of a collection is called in the database. */
export const ITEM_COLUMN = 'item.value';

const OPERATORS = { eq: sql`=`, ne: sql`<>`, gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` } as const;

/** A filter as SQL; all values are parameters. Fields that `columns` doesn't name must have been refused before. */
export function filterSql(filter: ListFilter, columns: ListColumns): RawBuilder<boolean> {
  if ('all' in filter) return joined(filter.all, columns, ' and ', sql<boolean>`true`);
  if ('any' in filter) return joined(filter.any, columns, ' or ', sql<boolean>`false`);
  if ('not' in filter) return sql<boolean>`not ${filterSql(filter.not, columns)}`;
  if ('collection' in filter) return collectionSql(filter, columns);
  const column = columns[filter.field];
  if (column === undefined || column.kind === 'collection') throw new RangeError(`No column for ${filter.field}.`);
  return conditionSql(filter, column);
}

/** The value by which a column is compared and ordered. */
export function keySql(column: ListColumn): RawBuilder<unknown> {
  const value = valueSql(column);
  return column.kind === 'text' ? sql`unicode_lower(${value})` : value;
}

/** The filter with each of its conditions replaced by what `replace` makes of it. */
export function mapConditions(filter: ListFilter, replace: (condition: ListCondition) => ListFilter): ListFilter {
  if ('all' in filter) return { all: filter.all.map((part) => mapConditions(part, replace)) };
  if ('any' in filter) return { any: filter.any.map((part) => mapConditions(part, replace)) };
  if ('not' in filter) return { not: mapConditions(filter.not, replace) };
  return 'collection' in filter ? filter : replace(filter);
}

function joined(
  parts: readonly ListFilter[],
  columns: ListColumns,
  separator: ' and ' | ' or ',
  empty: RawBuilder<boolean>,
): RawBuilder<boolean> {
  if (parts.length === 0) return empty;
  const each = parts.map((part) => filterSql(part, columns));
  return sql<boolean>`(${sql.join(each, sql.raw(separator))})`;
}

function collectionSql(
  { collection, where }: Extract<ListFilter, { collection: string }>,
  columns: ListColumns,
): RawBuilder<boolean> {
  const found = columns[collection];
  if (found?.kind !== 'collection') throw new RangeError(`No collection for ${collection}.`);
  const { from, items } = found;
  const source =
    'table' in from
      ? sql`(select ${sql.ref(from.value)} as value from ${sql.table(from.table)} where ${sql.ref(from.key)} = ${sql.ref(from.owner)})`
      : sql`json_each(${sql.ref(from.column)}, ${sql.lit(from.path)})`;
  return sql<boolean>`exists (select 1 from ${source} as item where ${filterSql(where, items)})`;
}

function conditionSql(condition: ListCondition, column: ListColumn): RawBuilder<boolean> {
  const key = keySql(column);
  if (condition.operator === 'in') {
    if (condition.values.length === 0) return sql<boolean>`false`;
    return twoValued(
      sql<boolean>`${key} in (${sql.join(condition.values.map((value) => bound(value, column)))})`,
      column,
    );
  }
  const { operator, value } = condition;
  if (operator === 'startswith' || operator === 'endswith' || operator === 'contains') {
    const text = value.toLowerCase().replaceAll(/[\\%_]/g, '\\$&');
    const pattern = `${operator === 'startswith' ? '' : '%'}${text}${operator === 'endswith' ? '' : '%'}`;
    return twoValued(sql<boolean>`unicode_lower(${valueSql(column)}) like ${pattern} escape '\\'`, column);
  }
  if (value === null) {
    if (operator === 'eq') return sql<boolean>`${valueSql(column)} is null`;
    return operator === 'ne' ? sql<boolean>`${valueSql(column)} is not null` : sql<boolean>`false`;
  }
  const compared = sql<boolean>`${key} ${OPERATORS[operator]} ${bound(value, column)}`;
  return operator === 'ne' && column.isNullable
    ? sql<boolean>`(${valueSql(column)} is null or ${compared})`
    : twoValued(compared, column);
}

/** SQL knows a third truth, which `not` leaves as it is. Without need it stays away: it would keep an index from being used. */
function twoValued(condition: RawBuilder<boolean>, column: ListColumn): RawBuilder<boolean> {
  return column.isNullable ? sql<boolean>`coalesce(${condition}, false)` : condition;
}

function valueSql({ column, path }: ListColumn): RawBuilder<unknown> {
  return path === undefined ? sql`${sql.ref(column)}` : sql`json_extract(${sql.ref(column)}, ${sql.lit(path)})`;
}

function bound(value: Exclude<FilterValue, null>, column: ListColumn): string | number {
  if (typeof value === 'boolean') return Number(value);
  return column.kind === 'text' ? String(value).toLowerCase() : value;
}
