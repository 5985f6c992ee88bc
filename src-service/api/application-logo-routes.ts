import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { LOGO_MEDIA_TYPES } from '../../src-shared/publishing/application-presentation.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { readLogo } from './logo-upload.ts';

const PATH = '/applications/:id/logo';
const params = z.object({ id: z.string() });

/** `/applications/{id}/logo`: Graph's stream property, the picture itself as the body. */
export function registerApplicationLogoRoutes(server: ApiServer, options: ApiOptions): void {
  const { store } = options;

  void server.register(async (scope: ApiServer) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    scope.put(PATH, { schema: { params } }, async (request, reply) => {
      const logo = readLogo(request.body, request.headers['content-type'] ?? '');
      await store.applicationLogos.put(request.params.id, logo, changeContext(request));
      return reply.code(204).send();
    });
  });

  const picture = { schema: { params }, config: { mediaTypes: LOGO_MEDIA_TYPES } };
  server.get(PATH, picture, async (request, reply) => {
    const { id } = request.params;
    const logo = await store.applicationLogos.find(id);
    if (logo === null) throw new PosternError('API_NOT_FOUND', { message: `The application ${id} has no logo.` });
    return reply
      .header('Content-Type', logo.mediaType)
      .header('X-Content-Type-Options', 'nosniff')
      .send(Buffer.from(logo.octets));
  });

  server.delete(PATH, { schema: { params } }, async (request, reply) => {
    await store.applicationLogos.put(request.params.id, null, changeContext(request));
    return reply.code(204).send();
  });
}
