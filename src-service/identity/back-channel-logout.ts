import { jwtVerify } from 'jose';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { IdentityProviders } from './identity-providers.ts';
import { isTokenFault } from './issuer-keys.ts';
import type { OneTimeValues } from './one-time-values.ts';

/** Where the provider tells of sign-outs; registered there. On the service's host. */
export const BACK_CHANNEL_LOGOUT_PATH = '/.postern/signin/backchannel-logout';

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_TOKEN_AGE_SECONDS = 300;

export interface BackChannelLogoutOptions {
  readonly providers: Pick<IdentityProviders, 'findByToken'>;
  readonly sessions: {
    removeByProviderSession(providerId: string, providerSessionId: string): Promise<readonly string[]>;
    removeByProviderSubject(providerId: string, providerSubject: string): Promise<readonly string[]>;
  };
  readonly usedValues: OneTimeValues;
  readonly clock: () => number;
}

/** Ends sessions when their provider says so (OpenID Connect Back-Channel Logout 1.0, B21). */
export class BackChannelLogout {
  readonly #options: BackChannelLogoutOptions;

  constructor(options: BackChannelLogoutOptions) {
    this.#options = options;
  }

  /**
   * Checks a logout token (section 2.6) and ends what it names.
   * @throws PosternError `SIGNIN_TOKEN`, `SIGNIN_PROVIDER`, `STORE_UNAVAILABLE`
   */
  async accept(logoutToken: string): Promise<void> {
    const { providers, sessions, usedValues, clock } = this.#options;
    const provider = providers.findByToken(logoutToken);
    if (provider === undefined) throw refused('it cannot be read, or is of no provider of this service');
    const { keys, clientId, id: providerId } = provider;
    const resolveKey = await keys.resolver();
    const { payload } = await jwtVerify(logoutToken, resolveKey, {
      issuer: keys.issuer,
      audience: clientId,
      algorithms: ['RS256', 'ES256', 'PS256'],
      requiredClaims: ['iat', 'jti', 'events'],
      maxTokenAge: MAX_TOKEN_AGE_SECONDS,
      clockTolerance: provider.clockToleranceSeconds,
      currentDate: new Date(clock()),
    }).catch((error: unknown) => {
      throw isTokenFault(error) ? refused(error.message, error) : keys.unreachable(error);
    });
    const { events, sid, sub, jti } = payload;
    if (typeof events !== 'object' || events === null || !(LOGOUT_EVENT in events)) throw refused('it tells no logout');
    if (payload['nonce'] !== undefined) throw refused('it is an ID token');
    if (!(await usedValues.consume(`logout ${String(jti)}`, clock() + 2 * MAX_TOKEN_AGE_SECONDS * 1000)))
      throw refused('it was used');
    if (typeof sid === 'string') await sessions.removeByProviderSession(providerId, sid);
    else if (typeof sub === 'string') await sessions.removeByProviderSubject(providerId, sub);
    else throw refused('it names nobody');
  }
}

function refused(reason: string, cause?: unknown): PosternError {
  return new PosternError('SIGNIN_TOKEN', { message: `The logout token is not accepted: ${reason}.`, cause });
}
