import type { ListColumn, ListColumns, ListCondition, ListFilter } from './list-filter.ts';
import type { ListPage, ListPlace, ListQuery } from './list-query.ts';

/**
 * One page of a list that is not in the database, as `readPage` gives it of one that is. Fields are found by their names, with
 * `a/b` standing for `b` of `a`; of `columns` the kinds count.
 * @param idOf what tells one item from another
 */
export function pageOf<Item extends object>(
  items: readonly Item[],
  query: ListQuery,
  columns: ListColumns,
  idOf: (item: Item) => string,
): ListPage<Item> {
  const found = items
    .filter((item) => query.conditions.every((condition) => isMeant(item, condition, columns)))
    .map((item) => ({ item, place: placeOf(item, query, columns, idOf(item)) }))
    .sort((a, b) => compare(a.place, b.place, query));
  const { after, top } = query;
  const rest = after === null ? found : found.filter(({ place }) => compare(place, after, query) > 0);
  const page = rest.slice(0, top);
  return {
    items: page.map(({ item }) => item),
    next: rest.length > top ? (page.at(-1)?.place ?? null) : null,
    ...(query.isCounted === true && { count: found.length }),
  };
}

function placeOf(item: object, { orderBy }: ListQuery, columns: ListColumns, id: string): ListPlace {
  return {
    values: orderBy.map(({ field }) => {
      const column = columns[field];
      if (column === undefined || column.kind === 'collection') throw new RangeError(`No column for ${field}.`);
      return keyOf(valueOf(item, field), column) ?? (column.kind === 'text' || column.kind === 'id' ? '' : 0);
    }),
    id,
  };
}

function compare(a: ListPlace, b: ListPlace, { orderBy }: ListQuery): number {
  for (const [index, { isDescending }] of orderBy.entries()) {
    const [one, other] = [a.values[index] ?? '', b.values[index] ?? ''];
    if (one !== other) return one < other === isDescending ? 1 : -1;
  }
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function isMeant(item: unknown, filter: ListFilter, columns: ListColumns): boolean {
  if ('all' in filter) return filter.all.every((part) => isMeant(item, part, columns));
  if ('any' in filter) return filter.any.some((part) => isMeant(item, part, columns));
  if ('not' in filter) return !isMeant(item, filter.not, columns);
  const column = columns['collection' in filter ? filter.collection : filter.field];
  if ('collection' in filter) {
    const values = valueOf(item, filter.collection);
    if (column?.kind !== 'collection') throw new RangeError(`No collection for ${filter.collection}.`);
    return Array.isArray(values) && values.some((value) => isMeant(value, filter.where, column.items));
  }
  if (column === undefined || column.kind === 'collection') throw new RangeError(`No column for ${filter.field}.`);
  return holds(filter, keyOf(valueOf(item, filter.field), column), column);
}

/** @param key the value of the field, as it is compared */
function holds(condition: ListCondition, key: string | number | null, column: ListColumn): boolean {
  if (condition.operator === 'in') {
    return key !== null && condition.values.some((value) => keyOf(value, column) === key);
  }
  const { operator, value } = condition;
  const other = keyOf(value, column);
  if (other === null) return operator === 'eq' ? key === null : operator === 'ne' && key !== null;
  if (operator === 'ne') return key !== other;
  if (key === null) return false;
  switch (operator) {
    case 'eq':
      return key === other;
    case 'gt':
      return key > other;
    case 'ge':
      return key >= other;
    case 'lt':
      return key < other;
    case 'le':
      return key <= other;
    // These don't regard case, whatever the kind.
    case 'startswith':
      return String(key).toLowerCase().startsWith(String(other).toLowerCase());
    case 'endswith':
      return String(key).toLowerCase().endsWith(String(other).toLowerCase());
    case 'contains':
      return String(key).toLowerCase().includes(String(other).toLowerCase());
  }
}

function keyOf(value: unknown, { kind }: ListColumn): string | number | null {
  if (value === undefined || value === null) return null;
  if (kind === 'number' || kind === 'boolean') return Number(value);
  if (kind === 'date' && typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (kind === 'date') return Date.parse(text);
  return kind === 'text' ? text.toLowerCase() : text;
}

/** A field holds what a filter can compare, or a collection. */
function valueOf(item: unknown, field: string): unknown {
  if (field === '') return item;
  return field
    .split('/')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : null),
      item,
    );
}
