import { decodeJwt, errors } from 'jose';
import type { Session, SessionClaims } from './session.ts';

/** The bounds of what is kept of an ID token; docs/limits.md says why. */
const CLAIM_LIMITS = {
  claims: 64,
  /** Characters of one text; a claim with a longer one is left out. */
  textLength: 1024,
  /** Texts of one claim. */
  texts: 100,
  /** Characters of all names and texts together; claims beyond it are left out. */
  length: 4096,
} as const;

/** What is about the token and not about the user, and what a session holds as fields of its own. */
const NOT_ABOUT_THE_USER = new Set([
  ...['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'azp', 'at_hash', 'c_hash', 's_hash', 'sid', 'auth_time'],
  ...['aio', 'rh', 'uti', 'ver', 'login_hint', 'groups', 'roles', '_claim_names', '_claim_sources'],
]);

const NONE: SessionClaims = {};

/** The claims of an ID token, or of an access token, that was checked when it came; a bounded part of it. */
export function readSessionClaims(token: string | null): SessionClaims {
  if (token === null) return NONE;
  try {
    const payload = decodeJwt(token);
    const claimNames = payload['_claim_names'];
    const isOverage = typeof claimNames === 'object' && claimNames !== null && 'groups' in claimNames;
    return boundedClaims(isOverage ? { hasgroups: true, ...payload } : payload);
  } catch (error) {
    if (error instanceof errors.JOSEError) return NONE;
    throw error;
  }
}

/** The values of a claim of a signed-in user, none where the provider named none. Four come from the session itself. */
export function claimValues(session: Session, name: string): readonly string[] {
  switch (name) {
    case 'oid':
      return [session.userId];
    case 'tid':
      return [session.tenantId];
    case 'name':
      return [session.displayName];
    case 'preferred_username':
      return [session.userPrincipalName];
  }
  const { claims = NONE } = session;
  if (!Object.hasOwn(claims, name)) return [];
  // An address that the provider has not verified is whatever its user typed.
  if (name === 'email' && claims['email_verified'] === 'false') return [];
  const value = claims[name] ?? [];
  return typeof value === 'string' ? [value] : value;
}

/** Whether somebody has more groups than the provider told (Entra: overage): nothing may be concluded from their absence. */
export function areGroupsUnknown(session: Session): boolean {
  return session.groups.length === 0 && claimValues(session, 'hasgroups')[0] === 'true';
}

function boundedClaims(payload: Readonly<Record<string, unknown>>): SessionClaims {
  const kept: [string, string | string[]][] = [];
  let length = 0;
  for (const [name, value] of Object.entries(payload)) {
    const texts = NOT_ABOUT_THE_USER.has(name) ? [] : readTexts(value);
    if (texts.length === 0 || texts.length > CLAIM_LIMITS.texts) continue;
    if (texts.some((text) => text.length > CLAIM_LIMITS.textLength)) continue;
    const added = texts.reduce((sum, text) => sum + text.length, name.length);
    if (length + added > CLAIM_LIMITS.length || kept.length === CLAIM_LIMITS.claims) continue;
    length += added;
    kept.push([name, Array.isArray(value) ? texts : (texts[0] ?? '')]);
  }
  return Object.fromEntries(kept);
}

function readTexts(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string' && entry !== '') : [];
}
