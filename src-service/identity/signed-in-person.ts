/** A person as the provider described them at a sign-in. */
export interface SignedInPerson {
  /** `oid` where the provider has it (Entra: the same for every client), else `sub`. */
  readonly userId: string;
  /** `sub`. */
  readonly providerSubject: string | null;
  readonly tenantId: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly groups: readonly string[];
  readonly roles: readonly string[];
  readonly providerSessionId: string | null;
  /** `auth_time`; null where the provider doesn't say. */
  readonly authenticatedAtMs: number | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly idToken: string;
  /** More groups than a token holds: they are unknown, and nothing may be concluded from their absence. */
  readonly hasGroupOverage: boolean;
}

/** Reads the claims of a checked ID token. Names are for display alone; nothing is decided by them. */
export function readPerson(claims: Readonly<Record<string, unknown>>, idToken: string): SignedInPerson {
  const userId = text(claims['oid']) ?? text(claims['sub']) ?? '';
  const userPrincipalName =
    text(claims['preferred_username']) ?? text(claims['upn']) ?? text(claims['email']) ?? userId;
  return {
    userId,
    providerSubject: text(claims['sub']) ?? null,
    tenantId: text(claims['tid']) ?? text(claims['iss']) ?? '',
    displayName: text(claims['name']) ?? userPrincipalName,
    userPrincipalName,
    groups: texts(claims['groups']),
    roles: texts(claims['roles']),
    providerSessionId: text(claims['sid']) ?? null,
    authenticatedAtMs: typeof claims['auth_time'] === 'number' ? claims['auth_time'] * 1000 : null,
    acr: text(claims['acr']) ?? null,
    amr: texts(claims['amr']),
    idToken,
    hasGroupOverage: claims['groups'] === undefined && hasKey(claims['_claim_names'], 'groups'),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Some providers say a single value as it is (LemonLDAP::NG, unless told otherwise). */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

function hasKey(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}
