import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Identity } from '../identity/make-identity.ts';
import type { UserRequest } from '../relay/user-http.ts';
import type { Answer } from './answer.ts';
import { readForm } from './read-form.ts';

const NO_STORE = ['Cache-Control', 'no-store'];

/** Takes a provider's word that a user has signed out (OpenID Connect Back-Channel Logout 1.0, section 2.8). */
export async function takeBackChannelLogout(
  request: UserRequest,
  { backChannelLogout }: Pick<Identity, 'backChannelLogout'>,
  log: Logger,
): Promise<Answer> {
  const form = await readForm(request);
  try {
    await backChannelLogout.accept(form.get('logout_token') ?? '');
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'SIGNIN_TOKEN') throw error;
    log.warn({ err: error }, 'signout.logout_token_refused');
    const body = JSON.stringify({ error: 'invalid_request', error_description: error.message });
    return { status: 400, headers: [...NO_STORE, 'Content-Type', 'application/json'], body };
  }
  return { status: 200, headers: NO_STORE, body: '' };
}
