/** A signed-in user's session. */
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
  /** The provider's `sid`, by which it signs the user out; null where it names none. */
  readonly providerSessionId: string | null;
  /** Kept as the hint for the provider's sign-out; sealed at rest. */
  readonly idToken: string | null;
}
