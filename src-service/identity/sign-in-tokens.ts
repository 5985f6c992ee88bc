import { z } from 'zod';
import { authenticationRequirementSchema } from './authentication-requirement.ts';

/** Where a sign-in was begun, sealed at the start: nobody but this service makes one up. `bind` is null for the portal. */
export const originSchema = z.object({
  origin: z.string(),
  hostname: z.string(),
  flowId: z.string(),
  /** SHA-256 of the bind cookie, base64url. */
  bind: z.string().nullable(),
  isAccountChosen: z.boolean(),
  /** Whether the user wants to go back to a host that they signed out of by itself. */
  isAgain: z.boolean().default(false),
  /** Who signs in. */
  providerId: z.string(),
  requirement: authenticationRequirementSchema.nullable(),
});
/** From where a sign-in came, and what it is for. */
export type Origin = z.infer<typeof originSchema>;

/** What a browser carries to the provider and back, sealed. */
export const transactionSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  isFragmentKept: z.boolean(),
  origin: originSchema,
});
/** What leads from the service's host to the application's, sealed. */
export const handOffSchema = z.object({
  sid: z.string(),
  flowId: z.string(),
  bind: z.string(),
  isFragmentKept: z.boolean(),
});
/** What the application's host keeps of a sign-in, sealed. */
export const bindSchema = z.object({ returnTo: z.string() });
