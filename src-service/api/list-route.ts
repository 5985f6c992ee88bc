import { z } from 'zod';
import { ADMIN_API_PATH } from '../config/service-addresses.ts';
import type { ListColumns, ListPage, ListQuery } from '../store/list-query.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { type ListQuerystring, listAnswer, listQuerystringSchema, readListQuery } from './list-parameters.ts';

/** A list of the API. */
export interface ListRoute<Item extends object> {
  /** Below the API's base; with `:id` for a list that belongs to something. */
  readonly path: string;
  /** The fields by which it can be filtered and ordered. */
  readonly columns: ListColumns;
  /** Fields by which it can be filtered alone; `read` replaces the conditions on them. */
  readonly computed?: ListColumns;
  /** The order where the caller asks for none. */
  readonly defaultOrder?: string;
  /** @param id what stands for `:id`; empty where the path has none */
  readonly read: (query: ListQuery, id: string) => Promise<ListPage<Item>>;
}

const params = z.object({ id: z.string().default('') });

/** Serves a list, and below `/$count` how many items it has. */
export function registerList<Item extends object>(
  server: ApiServer,
  { addresses }: Pick<ApiOptions, 'addresses'>,
  route: ListRoute<Item>,
): void {
  const { path, columns, computed, defaultOrder, read } = route;
  const schema = { params, querystring: listQuerystringSchema };
  const queryOf = (query: ListQuerystring): ListQuery => {
    const $orderby = query.$orderby ?? defaultOrder;
    return readListQuery($orderby === undefined ? query : { ...query, $orderby }, columns, computed);
  };

  server.get(path, { schema }, async ({ query, params: { id }, url }) => {
    const ownPath = (url.split('?', 1)[0] ?? '').slice(ADMIN_API_PATH.length);
    return listAnswer(await read(queryOf(query), id), query, addresses.apiBaseUrl, ownPath);
  });

  server.get(
    `${path}/$count`,
    { schema, config: { mediaTypes: ['text/plain'] } },
    async ({ query, params: { id } }, reply) => {
      const { count } = await read({ ...queryOf(query), top: 1, after: null, isCounted: true }, id);
      return reply.type('text/plain; charset=utf-8').send(String(count));
    },
  );
}
