import type { FastifyRequest } from 'fastify';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Administrator } from '../identity/administrator-tokens.ts';
import type { ApiOptions } from './api-context.ts';

/**
 * Lets a request through that carries an administrator's token; one with the reading role alone may only read.
 * @throws PosternError `API_UNAUTHENTICATED`, `API_FORBIDDEN`
 */
export async function requireAdministrator(
  request: FastifyRequest,
  options: Pick<ApiOptions, 'administratorTokens' | 'configuration'>,
): Promise<Administrator> {
  const bearer = bearerOf(request.headers.authorization);
  if (bearer === null) {
    throw new PosternError('API_UNAUTHENTICATED', {
      message: 'The request carries no access token. Send Authorization: Bearer with a token for this service.',
    });
  }
  const administrator = await options.administratorTokens.verify(bearer);
  const { administratorRole } = options.configuration.administrators;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead && !administrator.roles.includes(administratorRole)) {
    throw new PosternError('API_FORBIDDEN', { message: `Changes need the role ${administratorRole}.` });
  }
  return administrator;
}

/** The token of an `Authorization: Bearer` header, or null. */
function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}
