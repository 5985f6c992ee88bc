/** A running session: who signed in, and until when. */
export interface SessionRecord {
  readonly id: string;
  /** The provider's `oid` (Entra) or `sub`. */
  readonly userId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly groups: readonly string[];
  readonly roles: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** `sid` of the provider, by which its back-channel logout names the session. */
  readonly providerSessionId: string | null;
  /** The hint for the provider's sign-out; sealed at rest. */
  readonly idToken: string | null;
}
