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
  /** Which provider signed the user in. */
  readonly providerId: string;
  /** The provider's `sub`, which names the user in its logout tokens; Entra has another one for each client. */
  readonly providerSubject: string | null;
  /** The provider's `sid`, by which it signs the user out; null where it names none. */
  readonly providerSessionId: string | null;
  /** When the user proved who they are (`auth_time`); when they signed in here where the provider doesn't say. */
  readonly authenticatedAtMs: number;
  /** How strongly, as the provider puts it (`acr`). */
  readonly acr: string | null;
  /** By what means (`amr`): all that the provider has said of this session. */
  readonly amr: readonly string[];
  /** Authentication contexts (`acr`, Entra's `acrs`) that the provider said of this session before and did not repeat at a refresh. */
  readonly provenContexts: readonly string[];
  /** `User-Agent` of the sign-in, a bounded part. */
  readonly userAgent: string;
  /** What that stands for, `Firefox on Linux`. */
  readonly deviceDisplayName: string;
  /** Address from which the sign-in came. */
  readonly remoteAddress: string;
  /** How often the session went out of a host by itself and in again: odd while it is out. */
  readonly signedOutHosts: Readonly<Record<string, number>>;
  /** Kept as the hint for the provider's sign-out; sealed at rest. */
  readonly idToken: string | null;
  /** By which the provider is asked whether the user may still come in; sealed at rest. Null where it gave none. */
  readonly refreshToken: string | null;
  /** When the provider was asked last, or began to be. */
  readonly refreshedAtMs: number;
  /** As far as it was written down: memory may know of a later use. */
  readonly lastUsedAtMs: number;
}

/** What a refresh brings anew. */
export type RenewedSession = Pick<
  SessionRecord,
  | 'displayName'
  | 'userPrincipalName'
  | 'groups'
  | 'roles'
  | 'providerSessionId'
  | 'authenticatedAtMs'
  | 'acr'
  | 'amr'
  | 'provenContexts'
  | 'idToken'
  | 'refreshToken'
>;

/** A session was used. */
export interface SessionUse {
  readonly id: string;
  readonly lastUsedAtMs: number;
  /** Applications opened with it that may not be written down yet. */
  readonly applicationIds: readonly string[];
}
