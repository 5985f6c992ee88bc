import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { TokenBearer } from '../identity/access-tokens.ts';
import type { UserRequest } from '../relay/user-http.ts';
import type { PublishedApplication } from './published-application.ts';
import { couldGroupsOpen } from './assignment.ts';
import { StepUpError } from './step-up-error.ts';

const BEARER_SCHEME = /^bearer(?: |$)/i;
/** `b64token` (RFC 6750 section 2.1) behind the scheme. */
const BEARER_CREDENTIALS = /^bearer +([\w.~+/-]+=*) *$/i;

/**
 * The token of `Authorization: Bearer` (RFC 6750 section 2.1): null where there is none and any other scheme is the
 * backend's business; empty, and so good for nothing, where the header is malformed or there are several.
 */
export function readBearerToken({ headers, rawHeaders }: UserRequest): string | null {
  const { authorization } = headers;
  if (authorization === undefined || !BEARER_SCHEME.test(authorization)) return null;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') count++;
  }
  return count === 1 ? (BEARER_CREDENTIALS.exec(authorization)?.[1] ?? '') : '';
}

/** What a valid token answers whose bearer the application is not assigned to (B17, B18). */
export function tokenRefusal(published: PublishedApplication, { session, isApplication }: TokenBearer): PosternError {
  if (session.providerId !== published.identityProviderId) {
    const message = 'The access token is not accepted. It is of an issuer that is not the one of this application.';
    return new PosternError('EDGE_TOKEN_INVALID', { message });
  }
  if (couldGroupsOpen(published, session)) {
    const message =
      'The access token is valid, but names no groups because there are too many, and none opens the door.';
    return new PosternError('EDGE_TOKEN_FORBIDDEN', { message });
  }
  const message = isApplication
    ? 'The access token is valid, but carries no role of this application.'
    : 'The access token is valid, but this application is not assigned to its user.';
  return new PosternError('EDGE_TOKEN_FORBIDDEN', { message });
}

/** The `WWW-Authenticate` of an answer to a client that came with a token or should come with one; null for other errors. */
export function bearerChallenge(error: PosternError): string | null {
  const { code, message, definition } = error;
  const realm = 'Bearer realm="postern"';
  if (code === 'EDGE_TOKEN_INVALID') return `${realm}, error="invalid_token", error_description="${message}"`;
  if (code === 'EDGE_TOKEN_FORBIDDEN') return `${realm}, error="insufficient_scope", error_description="${message}"`;
  if (error instanceof StepUpError) {
    const parameters = Object.entries(error.parameters).map(([name, value]) => `, ${name}="${value}"`);
    return `${realm}, error="insufficient_user_authentication", error_description="${message}"${parameters.join('')}`;
  }
  return definition.status === 401 ? realm : null;
}
