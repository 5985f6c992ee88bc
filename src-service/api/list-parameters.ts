import { z } from 'zod';
import type { ListColumns, ListOrder, ListPage, ListQuery } from '../store/list-query.ts';
import { invalidOption } from './invalid-option.ts';
import { readFilter } from './read-filter.ts';
import { readSearch } from './read-search.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 999;
/** Fields that one list is ordered by. */
const MAX_ORDERS = 4;

/** The query of a list, as it comes. What begins with `$` and is not here is refused; other names are not looked at. */
export const listQuerystringSchema = z.looseObject({
  $top: z.string().optional().describe(`How many items a page has, 1 to ${MAX_TOP}; ${DEFAULT_TOP} where absent.`),
  $filter: z.string().max(2048).optional().describe('Which items, by conditions on their fields.'),
  $search: z.string().max(512).optional().describe('Which items, by words in their text: "FIELD:TEXT", AND, OR.'),
  $select: z.string().max(1024).optional().describe('Which fields of each item, parted by commas.'),
  $orderby: z
    .string()
    .max(256)
    .optional()
    .describe(`Up to ${MAX_ORDERS} of FIELD, FIELD asc or FIELD desc, parted by commas; the first counts most.`),
  $count: z.enum(['true', 'false']).optional().describe('Whether to count the items of all pages.'),
  $skiptoken: z.string().max(2048).optional().describe('Where the page before ended; a part of @odata.nextLink.'),
});
export type ListQuerystring = z.infer<typeof listQuerystringSchema>;

/** The query where one thing is read. */
export const itemQuerystringSchema = z.looseObject({ $select: listQuerystringSchema.shape.$select });

/** The values of a place, then its id. */
const cursorSchema = z
  .array(z.union([z.string(), z.number()]))
  .min(1)
  .max(MAX_ORDERS + 1);

/**
 * Reads the options of a list.
 * @param computed fields that can be filtered by, and not ordered by: whoever asked replaces the conditions on them
 * @throws PosternError `API_INVALID` naming the option, and which fields there are
 */
export function readListQuery(query: ListQuerystring, columns: ListColumns, computed: ListColumns = {}): ListQuery {
  refuseUnknownOptions(query);
  const { $filter, $search, $orderby, $skiptoken } = query;
  const orderBy = readOrder($orderby, columns);
  return {
    top: readTop(query.$top),
    conditions: [
      ...($filter === undefined || $filter.trim() === '' ? [] : [readFilter($filter, { ...columns, ...computed })]),
      ...($search === undefined ? [] : [readSearch($search, columns)]),
    ],
    orderBy,
    after: readCursor(
      $skiptoken,
      orderBy.map(({ field }) => columns[field]?.kind ?? 'id'),
    ),
    isCounted: query.$count === 'true',
  };
}

/**
 * The answer for a page: `value`, with the fields of `$select` alone where it is given, and the link to the next page.
 * @param path the list below the API's base, e.g. `/applications`
 */
export function listAnswer<Item extends object>(
  page: ListPage<Item>,
  query: ListQuerystring,
  baseUrl: string,
  path: string,
): { value: Partial<Item>[]; '@odata.count'?: number; '@odata.nextLink'?: string } {
  const value = page.items.map((item) => selectFields(item, query.$select));
  const count = page.count === undefined ? {} : { '@odata.count': page.count };
  if (page.next === null) return { ...count, value };
  const next = new URLSearchParams();
  for (const [name, text] of Object.entries(query)) if (typeof text === 'string') next.set(name, text);
  const cursor = JSON.stringify([...page.next.values, page.next.id]);
  next.set('$skiptoken', Buffer.from(cursor).toString('base64url'));
  return { ...count, '@odata.nextLink': `${baseUrl}${path}?${next.toString()}`, value };
}

/** An item with the fields of a `$select` alone; whole where there is none. */
export function selectFields<Item extends object>(item: Item, select: string | undefined): Partial<Item> {
  if (select === undefined) return item;
  const wanted = select.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !Object.hasOwn(item, name));
  if (unknown !== undefined)
    throw invalidOption(
      '$select',
      `there is no field ${unknown}; there are ${Object.keys(item)
        .filter((name) => !name.startsWith('@'))
        .join(', ')}`,
    );
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => wanted.includes(name) || name === '@odata.etag'),
  ) as Partial<Item>;
}

function readTop(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP;
  const top = Number(text);
  if (!/^\d+$/.test(text) || top < 1 || top > MAX_TOP)
    throw invalidOption('$top', `must be a whole number from 1 to ${MAX_TOP}`);
  return top;
}

function readOrder(text: string | undefined, columns: ListColumns): ListOrder[] {
  if (text === undefined) return [];
  const parts = text.split(',');
  if (parts.length > MAX_ORDERS) throw invalidOption('$orderby', `takes ${MAX_ORDERS} fields`);
  const orders = parts.map((part) => readOneOrder(part, columns));
  const twice = orders.find(({ field }, index) => orders.findIndex((each) => each.field === field) !== index);
  if (twice !== undefined) throw invalidOption('$orderby', `names ${twice.field} twice`);
  return orders;
}

function readOneOrder(text: string, columns: ListColumns): ListOrder {
  const fields = Object.entries(columns).flatMap(([name, { kind }]) => (kind === 'collection' ? [] : [name]));
  const [field = '', direction = 'asc', ...more] = text.trim().split(/\s+/);
  if (!fields.includes(field)) {
    throw invalidOption('$orderby', `can't order by ${field}; it can by ${fields.join(', ')}`);
  }
  if (more.length > 0 || !['asc', 'desc'].includes(direction))
    throw invalidOption('$orderby', 'must be FIELD, FIELD asc or FIELD desc, parted by commas');
  return { field, isDescending: direction === 'desc' };
}

function readCursor(text: string | undefined, kinds: readonly ListColumns[string]['kind'][]): ListQuery['after'] {
  if (text === undefined) return null;
  try {
    const values = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    const id = values.pop();
    // One that was made for another order would have the database compare what can't be compared.
    if (isText(id) && values.length === kinds.length && values.every((value, at) => isOfKind(value, kinds[at]))) {
      return { values, id };
    }
  } catch {
    // Refused below.
  }
  throw invalidOption('$skiptoken', 'is not one of this list and order; follow @odata.nextLink as it is');
}

function isOfKind(value: unknown, kind: ListColumns[string]['kind'] | undefined): boolean {
  const isNumber = kind === 'number' || kind === 'date' || kind === 'boolean';
  return isNumber ? Number.isSafeInteger(value) : isText(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

/** @throws PosternError `API_INVALID` for an option that would change the answer, were it understood */
function refuseUnknownOptions(query: object): void {
  const known = Object.keys(listQuerystringSchema.shape);
  const unknown = Object.keys(query).find((name) => name.startsWith('$') && !known.includes(name));
  if (unknown !== undefined) throw invalidOption(unknown, `is not known here; there are ${known.join(', ')}`);
}
