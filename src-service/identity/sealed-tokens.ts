import { EncryptJWT, errors, jwtDecrypt } from 'jose';

/** Keys for sealing, 32 octets each, by id. New tokens take the current one; older ones still open what they sealed. */
export interface SealingKeys {
  current(): { readonly id: string; readonly key: Uint8Array };
  find(id: string): Uint8Array | undefined;
}

/** What a token is for; it stands in the header as `typ`, so that one kind never passes for another. */
export type SealedTokenKind =
  | 'postern-session'
  | 'postern-signin-bind'
  | 'postern-signin-start'
  | 'postern-signin-transaction'
  | 'postern-handoff'
  | 'postern-signout';

export interface SealedTokensOptions {
  readonly keys: SealingKeys;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Seals small claims for a trip through the browser: JWE, `dir` with A256GCM (RFC 7516, RFC 7518 section 5.3), so that
 * they can be neither read nor changed, are good for one audience, and expire.
 */
export class SealedTokens {
  readonly #keys: SealingKeys;
  readonly #clock: () => number;

  constructor(options: SealedTokensOptions) {
    this.#keys = options.keys;
    this.#clock = options.clock;
  }

  /** Seals `claims` for `audience` (a host name) until `expiresAtMs`. */
  seal(kind: SealedTokenKind, audience: string, claims: Record<string, unknown>, expiresAtMs: number): Promise<string> {
    const { id, key } = this.#keys.current();
    return new EncryptJWT(claims)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id, typ: kind })
      .setAudience(audience)
      .setIssuedAt(Math.floor(this.#clock() / 1000))
      .setExpirationTime(Math.floor(expiresAtMs / 1000))
      .encrypt(key);
  }

  /** Opens a token. Null when it is forged, of another kind, for another audience, expired, or sealed with a key that is gone. */
  async open(kind: SealedTokenKind, audience: string, token: string): Promise<Record<string, unknown> | null> {
    try {
      const { payload } = await jwtDecrypt(
        token,
        ({ kid }) => {
          const key = kid === undefined ? undefined : this.#keys.find(kid);
          if (key === undefined) throw new errors.JWEDecryptionFailed();
          return key;
        },
        {
          typ: kind,
          audience,
          requiredClaims: ['exp'],
          currentDate: new Date(this.#clock()),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        },
      );
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
