import { sign } from 'node:crypto';
import type { AssertionKey } from './assertion-key-ring.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import { areGroupsUnknown, claimValues } from './session-claims.ts';
import type { Session } from './session.ts';

/** Where the keys are published, on the service's own host. */
export const ASSERTION_KEYS_PATH = '/.postern/jwks.json';
/** How long whoever fetched the keys may keep them. Far below the time for which a key is published before it signs. */
export const ASSERTION_KEYS_MAX_AGE_SECONDS = 3600;

export interface IdentityAssertionsOptions {
  /** The service's address: `iss`. */
  readonly issuer: string;
  readonly keys: { current(): AssertionKey };
  readonly clock: () => number;
}

interface IssuedAssertion {
  readonly token: string;
  readonly renewAtMs: number;
}

/**
 * Signs who a user is for one backend (B81): a JWT (RFC 7519), ES256, good for that application alone. Signed once for a
 * session and an application and again at half its life, so that nearly every request costs a look-up.
 */
export class IdentityAssertions {
  readonly #options: IdentityAssertionsOptions;

  constructor(options: IdentityAssertionsOptions) {
    this.#options = options;
  }

  /** What gives a session's assertion for an audience; it holds on to no session. */
  forAudience(audience: string): (session: Session) => string {
    const issued = new WeakMap<Session, IssuedAssertion>();
    return (session) => {
      const nowMs = this.#options.clock();
      const known = issued.get(session);
      if (known !== undefined && nowMs < known.renewAtMs) return known.token;
      const fresh = {
        token: this.#sign(session, audience, nowMs),
        renewAtMs: nowMs + IDENTITY_LIMITS.assertionMs / 2,
      };
      issued.set(session, fresh);
      return fresh.token;
    };
  }

  #sign(session: Session, audience: string, nowMs: number): string {
    const { issuer, keys } = this.#options;
    const { id, privateKey } = keys.current();
    const { userId, tenantId, displayName, userPrincipalName, roles } = session;
    const issuedAt = Math.floor(nowMs / 1000);
    const payload = {
      iss: issuer,
      aud: audience,
      sub: userId,
      tid: tenantId,
      name: displayName.slice(0, IDENTITY_LIMITS.assertionTextLength),
      preferred_username: userPrincipalName.slice(0, IDENTITY_LIMITS.assertionTextLength),
      email: onlyShort(claimValues(session, 'email')[0]),
      upn: onlyShort(claimValues(session, 'upn')[0]),
      ...boundedGroups(session),
      roles: lengthOf(roles) > IDENTITY_LIMITS.assertionRolesLength ? undefined : roles,
      iat: issuedAt,
      exp: issuedAt + IDENTITY_LIMITS.assertionMs / 1000,
    };
    const content = `${encode({ alg: 'ES256', typ: 'JWT', kid: id })}.${encode(payload)}`;
    // RFC 7518 section 3.4: R and S side by side, not DER. Some 0.2 ms, at once: a request need not wait for a promise.
    const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${content}.${signature.toString('base64url')}`;
  }
}

/** All groups or, as Entra does where there are too many, none and a word of it: nobody must take a part for the whole. */
function boundedGroups(session: Session): { groups?: readonly string[]; hasgroups?: true } {
  const { groups } = session;
  return areGroupsUnknown(session) || lengthOf(groups) > IDENTITY_LIMITS.assertionGroupsLength
    ? { hasgroups: true }
    : { groups };
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 0);
}

function onlyShort(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= IDENTITY_LIMITS.assertionTextLength ? text : undefined;
}

function encode(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
