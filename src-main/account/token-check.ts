import { PosternError } from '../../src-shared/errors/postern-error.ts';

/**
 * Makes sure that a token is one for our API. A provider that does not know the scope gives another token and no error:
 * without this check the API's plain 401 would be all that a person sees.
 * @throws PosternError `ADMIN_SIGNIN_FAILED` naming what is wrong.
 */
export function checkAccessToken(accessToken: string, grantedScopes: readonly string[], apiScope: string): void {
  const granted = new Set(grantedScopes.map((scope) => scope.toLowerCase()));
  const isDefaultScope = apiScope.endsWith('/.default');
  if (!isDefaultScope && !granted.has(apiScope.toLowerCase())) {
    throw wrong(`The provider did not grant ${apiScope}. Check that the app registration has that permission.`);
  }
  const audience = readAudience(accessToken);
  const expected = apiScope.slice(0, apiScope.lastIndexOf('/'));
  const isExpected = audience.some((entry) => entry === expected || `api://${entry}` === expected);
  if (apiScope.startsWith('api://') && !isExpected) {
    throw wrong(`The access token is for ${audience.join(', ') || 'no one'}, not for ${expected}.`);
  }
}

function readAudience(token: string): readonly string[] {
  const part = token.split('.')[1];
  if (part === undefined)
    throw wrong('The access token is not a JWT: the provider does not know the API of this service.');
  try {
    const claims = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as { aud?: string | string[] };
    return [claims.aud ?? []].flat();
  } catch (error) {
    throw wrong('The access token is not a readable JWT.', error);
  }
}

function wrong(message: string, cause?: unknown): PosternError {
  return new PosternError('ADMIN_SIGNIN_FAILED', { message, cause });
}
