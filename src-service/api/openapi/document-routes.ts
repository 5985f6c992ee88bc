import type { OpenAPIV3_1 } from 'openapi-types';
import { ADMIN_API_PATH } from '../../config/service-addresses.ts';
import type { ApiServer } from '../api-context.ts';
import { renderDocumentation } from './documentation-page.ts';

/** `/graph/beta/openapi.json` and `/graph/beta/docs`: the same for everybody, so that nobody is asked who they are. */
export function registerDocumentRoutes(server: ApiServer): void {
  // Made with the first request: that takes longer than a start should.
  const read = (): OpenAPIV3_1.Document => server.swagger() as OpenAPIV3_1.Document;
  let page: ReturnType<typeof renderDocumentation> | undefined;

  server.get(`${ADMIN_API_PATH}/openapi.json`, async (_request, reply) =>
    // Pages of others may show it.
    reply.header('Access-Control-Allow-Origin', '*').send(read()),
  );

  server.get(`${ADMIN_API_PATH}/docs`, { config: { mediaTypes: ['text/html'] } }, async (_request, reply) => {
    page ??= renderDocumentation(read());
    for (let index = 0; index < page.headers.length; index += 2)
      reply.header(page.headers[index] ?? '', page.headers[index + 1]);
    return reply.send(page.body);
  });
}
