import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Catalogue } from '../../src-shared/text/catalogue.ts';
import { SpokenError } from '../app/spoken-error.ts';

/** The person turned back, here or at the provider. MSAL puts what comes by polling into the message. */
export function isDenial(error: unknown): boolean {
  return namesOf(error).some((name) =>
    ['access_denied', 'authorization_declined', 'device_code_polling_cancelled'].includes(name),
  );
}

/**
 * A device code ran out before anybody used it.
 * @param isOver its time has passed: providers that forget such a code answer as to one that never was
 */
export function isCodeExpiry(error: unknown, isOver: boolean): boolean {
  const names = ['device_code_expired', 'expired_token', 'code_expired', ...(isOver ? ['invalid_grant'] : [])];
  return namesOf(error).some((name) => names.includes(name));
}

/** Only a new sign-in helps. */
export function isGrantOver(error: unknown): boolean {
  return namesOf(error).some((name) =>
    ['invalid_grant', 'no_tokens_found', 'no_account_found', 'login_required', 'interaction_required'].includes(name),
  );
}

export function cancelled(cause?: unknown): PosternError {
  return new SpokenError('ADMIN_SIGNIN_CANCELLED', ({ signIn }) => signIn.cancelled, { cause });
}

/** @param target `deviceCode` where it was a code that nobody used in time */
export function expired(
  speak: (text: Catalogue['problems']['signIn']) => string,
  cause: unknown,
  target?: 'deviceCode',
): PosternError {
  return new SpokenError('ADMIN_SIGNIN_EXPIRED', ({ signIn }) => speak(signIn), { cause, target });
}

/**
 * Any error of a sign-in as one of the registry, with the provider's own words for the reason where it gave some.
 * @param networkFailure what a request failed with meanwhile, of which MSAL says nothing
 */
export function failed(error: unknown, networkFailure: Error | null = null): PosternError {
  if (error instanceof PosternError) return error;
  if (networkFailure instanceof PosternError) return networkFailure;
  if (networkFailure !== null) {
    const { message: trouble } = networkFailure;
    return new SpokenError('ADMIN_SIGNIN_FAILED', ({ signIn }) => signIn.unreachable(trouble), {
      cause: networkFailure,
    });
  }
  const [code, message] = namesOf(error);
  const reason = code === 'post_request_failed' && message !== '' ? message : code;
  return new SpokenError('ADMIN_SIGNIN_FAILED', ({ signIn }) => signIn.refused(reason), { cause: error });
}

/** MSAL's code of an error, and its message without the code before it. */
function namesOf(error: unknown): [code: string, message: string] {
  if (typeof error !== 'object' || error === null || !('errorCode' in error)) return ['', ''];
  const message = 'errorMessage' in error ? error.errorMessage : '';
  return [String(error.errorCode), typeof message === 'string' ? message : ''];
}
