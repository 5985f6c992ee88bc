import { ResponseBodyError } from 'openid-client';
import { z } from 'zod';
import type { SignedInPerson } from './signed-in-person.ts';

/** What a provider says when it is asked by a refresh token whether a user may still come in. */
export type RefreshAnswer =
  | {
      readonly kind: 'renewed';
      /** Null where the provider tells nothing of the user at a refresh. */
      readonly person: SignedInPerson | null;
      /** Null where the one before goes on. */
      readonly refreshToken: string | null;
    }
  | {
      readonly kind: 'refused';
      /** The account itself is closed, and with it all that its user holds. */
      readonly isUserDisabled: boolean;
      readonly reason: string;
    }
  /** It said nothing of the user: down, overloaded, or it doesn't know this service any more. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/**
 * What a provider says of the user and not of itself or of us (RFC 6749 section 5.2, OpenID Connect Core section 3.1.2.6).
 * `invalid_request` is LemonLDAP::NG's word for a token that it doesn't know; all else in the request is as it was for others.
 */
const REFUSALS = new Set([
  ...['invalid_grant', 'invalid_request'],
  ...['interaction_required', 'login_required', 'consent_required'],
]);
/** Entra's number for an account that is disabled (AADSTS50057). */
const ENTRA_USER_DISABLED = 50_057;
const FIRST_SERVER_ERROR = 500;

const entraErrorSchema = z.object({ error_codes: z.array(z.number()) });

/** What an error of openid-client at a refresh says. */
export function refreshAnswerOfError(error: unknown): RefreshAnswer {
  if (!(error instanceof ResponseBodyError)) return { kind: 'unavailable', cause: error };
  if (error.status >= FIRST_SERVER_ERROR || !REFUSALS.has(error.error)) return { kind: 'unavailable', cause: error };
  const entra = entraErrorSchema.safeParse(error.cause);
  const isUserDisabled = entra.success && entra.data.error_codes.includes(ENTRA_USER_DISABLED);
  return { kind: 'refused', isUserDisabled, reason: error.error };
}
