import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ListColumns, ListCondition, ListPage, ListQuery } from '../store/list-query.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 999;

/** The query of a list, as it comes. `$count` and the like are ignored, as OData lets a service do. */
export const listQuerystringSchema = z.looseObject({
  $top: z.string().optional(),
  $filter: z.string().max(2048).optional(),
  $select: z.string().max(1024).optional(),
  $orderby: z.string().max(256).optional(),
  $skiptoken: z.string().max(2048).optional(),
});
export type ListQuerystring = z.infer<typeof listQuerystringSchema>;

const cursorSchema = z.tuple([z.union([z.string(), z.number()]), z.string()]);
const CONDITION =
  /^(?:startswith\(\s*([\w/]+)\s*,\s*'((?:[^']|'')*)'\s*\)|([\w/]+)\s+eq\s+('(?:[^']|'')*'|true|false|null|-?\d+(?:\.\d+)?|\d{4}-[\w:.+-]+))(?:\s+and\s+|$)/i;

/**
 * Reads `$top`, `$filter` (`eq` and `startswith`, joined by `and`), `$orderby` and `$skiptoken`.
 * @throws PosternError `API_INVALID` naming the option, and which fields there are
 */
export function readListQuery(
  query: ListQuerystring,
  columns: ListColumns,
  extraFields: readonly string[] = [],
): ListQuery {
  const fields = [...Object.keys(columns), ...extraFields];
  return {
    top: readTop(query.$top),
    conditions: readFilter(query.$filter, fields, columns),
    orderBy: readOrder(query.$orderby, Object.keys(columns)),
    after: readCursor(query.$skiptoken),
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
): { value: Partial<Item>[]; '@odata.nextLink'?: string } {
  const value = page.items.map((item) => selectFields(item, query.$select));
  if (page.next === null) return { value };
  const next = new URLSearchParams();
  for (const [name, text] of Object.entries(query)) if (typeof text === 'string') next.set(name, text);
  const cursor = JSON.stringify([page.next.value, page.next.id]);
  next.set('$skiptoken', Buffer.from(cursor).toString('base64url'));
  return { value, '@odata.nextLink': `${baseUrl}${path}?${next.toString()}` };
}

/** An item with the fields of a `$select` alone; whole where there is none. */
export function selectFields<Item extends object>(item: Item, select: string | undefined): Partial<Item> {
  if (select === undefined) return item;
  const wanted = select.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !Object.hasOwn(item, name));
  if (unknown !== undefined)
    throw invalid('$select', `there is no field ${unknown}; there are ${Object.keys(item).join(', ')}`);
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.includes(name))) as Partial<Item>;
}

function readTop(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP;
  const top = Number(text);
  if (!/^\d+$/.test(text) || top < 1 || top > MAX_TOP)
    throw invalid('$top', `must be a whole number from 1 to ${MAX_TOP}`);
  return top;
}

function readFilter(text: string | undefined, fields: readonly string[], columns: ListColumns): ListCondition[] {
  const conditions: ListCondition[] = [];
  let rest = text?.trim() ?? '';
  while (rest !== '') {
    const match = CONDITION.exec(rest);
    if (match === null) {
      throw invalid(
        '$filter',
        `can't be read from "${rest.slice(0, 60)}" on; write FIELD eq 'TEXT' or startswith(FIELD,'TEXT'), joined by and`,
      );
    }
    const [whole, prefixField, prefix, equalField, literal] = match;
    const field = prefixField ?? equalField ?? '';
    if (!fields.includes(field)) throw invalid('$filter', `can't filter by ${field}; it can by ${fields.join(', ')}`);
    conditions.push(
      prefixField === undefined
        ? { field, operator: 'eq', value: readLiteral(literal ?? '', columns[field]?.kind) }
        : { field, operator: 'startswith', value: (prefix ?? '').replaceAll("''", "'") },
    );
    rest = rest.slice(whole.length);
  }
  return conditions;
}

function readLiteral(literal: string, kind: string | undefined): string | number | boolean | null {
  if (literal.startsWith("'")) return literal.slice(1, -1).replaceAll("''", "'");
  if (literal === 'null') return null;
  if (literal === 'true' || literal === 'false') return literal === 'true';
  if (kind === 'number' && literal.includes('-') && !Number.isNaN(Date.parse(literal))) return Date.parse(literal);
  return Number(literal);
}

function readOrder(text: string | undefined, fields: readonly string[]): ListQuery['orderBy'] {
  if (text === undefined) return null;
  const [field = '', direction = 'asc', ...more] = text.trim().split(/\s+/);
  if (!fields.includes(field)) throw invalid('$orderby', `can't order by ${field}; it can by ${fields.join(', ')}`);
  if (more.length > 0 || !['asc', 'desc'].includes(direction))
    throw invalid('$orderby', 'must be FIELD, FIELD asc or FIELD desc');
  return { field, isDescending: direction === 'desc' };
}

function readCursor(text: string | undefined): ListQuery['after'] {
  if (text === undefined) return null;
  try {
    const [value, id] = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { value, id };
  } catch {
    throw invalid('$skiptoken', 'is not one of this service; follow @odata.nextLink as it is');
  }
}

function invalid(target: string, message: string): PosternError {
  return new PosternError('API_INVALID', { message: `${target}: ${message}.`, target });
}
