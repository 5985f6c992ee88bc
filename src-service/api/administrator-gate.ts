import type { FastifyRequest } from 'fastify';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { administratorRolesOf } from '../config/administrator-roles.ts';
import type { Administrator } from '../identity/administrator-tokens.ts';
import type { ApiOptions } from './api-context.ts';

/**
 * Lets a request through that carries an administrator's token; one with a reading role alone may only read. Whoever calls is
 * noted on the request before that is decided, so that a refusal can be logged with the name.
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
  request.administrator = administrator;
  const { administratorRoles, readerRoles } = administratorRolesOf(options.configuration.administrators);
  const { access } = administrator;
  if (access === 'none') throw refused(administrator, `${listed(administratorRoles)}; to read, ${listed(readerRoles)}`);
  const isRead = ['GET', 'HEAD'].includes(request.method) || request.routeOptions.config.isEnvelope === true;
  if (!isRead && access === 'reader') throw refused(administrator, `${listed(administratorRoles)} to change anything`);
  return administrator;
}

function refused({ displayName, kind, roles }: Administrator, needed: string): PosternError {
  const carried = roles.length === 0 ? 'no role' : `the role ${roles.slice(0, 20).join(', ')}`;
  return new PosternError('API_FORBIDDEN', {
    message: `The access token of the ${kind} ${displayName} carries ${carried}. Needed is ${needed}.`,
  });
}

function listed(roles: readonly string[]): string {
  return roles.length === 0 ? 'a role, but none is configured' : roles.join(' or ');
}

/** The token of an `Authorization: Bearer` header, or null. */
function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}
