import { makeReason } from '../../src-shared/errors/reasons.ts';
import type { FastifyRequest } from 'fastify';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { administratorRolesOf } from '../config/administrator-roles.ts';
import type { Administrator } from '../identity/administrator-tokens.ts';
import type { ApiOptions } from './api-context.ts';

/** Of a token's roles, those that a refusal tells. */
const MAX_NAMED_ROLES = 20;

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
  const named = {
    kind: administrator.kind,
    who: administrator.displayName,
    administrators: administratorRoles.join(', '),
  };
  const roles = administrator.roles.slice(0, MAX_NAMED_ROLES).join(', ');
  if (access === 'none') {
    // Without a role for reading alone it takes an administrator's.
    const readers = (readerRoles.length === 0 ? administratorRoles : readerRoles).join(', ');
    throw new PosternError('API_FORBIDDEN', {
      reason:
        roles === ''
          ? makeReason('readingWithNoRole', { ...named, readers })
          : makeReason('readingWithOtherRole', { ...named, roles, readers }),
    });
  }
  const isRead = ['GET', 'HEAD'].includes(request.method) || request.routeOptions.config.isEnvelope === true;
  if (!isRead && access === 'reader') {
    throw new PosternError('API_FORBIDDEN', { reason: makeReason('changingWithOtherRole', { ...named, roles }) });
  }
  return administrator;
}

/** The token of an `Authorization: Bearer` header, or null. */
function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}
