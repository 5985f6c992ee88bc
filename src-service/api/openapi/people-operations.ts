import { ANSWERS } from './answer-schemas.ts';
import { list } from './operation-parts.ts';
import type { Operations } from './operation.ts';

/** Of people and their sessions. By method and path below the API's base. */
export const PEOPLE_OPERATIONS: Operations = {
  ...list('/users', 'Users', 'Users', 'users', ANSWERS.user),
  'POST /users/:id/revokeSignInSessions': {
    operationId: 'revokeSignInSessions',
    tag: 'Users',
    summary: 'Sign a user out everywhere',
    answer: ANSWERS.revocation,
  },
  ...list('/postern/sessions', 'Sessions', 'Sessions', 'sessions', ANSWERS.session),
  ...list(
    '/identity/identityProviders',
    'IdentityProviders',
    'Identity providers',
    'identity providers',
    ANSWERS.identityProvider,
  ),
  'GET /postern/sessions/:id': {
    operationId: 'getSession',
    tag: 'Sessions',
    summary: 'Read a session',
    answer: ANSWERS.session,
  },
  'DELETE /postern/sessions/:id': {
    operationId: 'deleteSession',
    tag: 'Sessions',
    summary: 'End a session',
    answer: null,
  },
};
