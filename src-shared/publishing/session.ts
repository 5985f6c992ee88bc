import { z } from 'zod';

/** A session as administrators see it: nothing in it opens anything. */
export const sessionSchema = z.strictObject({
  id: z.string(),
  /** The provider's `oid` (Entra) or `sub`. */
  userId: z.string(),
  userDisplayName: z.string(),
  userPrincipalName: z.string(),
  identityProviderId: z.string(),
  /** What the user agent stands for, `Firefox on Linux`. */
  deviceDisplayName: z.string(),
  userAgent: z.string(),
  /** Address from which the sign-in came. */
  ipAddress: z.string(),
  createdDateTime: z.string(),
  /** As far as it was written down: up to two minutes late. */
  lastUsedDateTime: z.string(),
  expirationDateTime: z.string(),
  /** Applications that were opened with it. */
  applicationIds: z.array(z.string()).readonly(),
});
export type SessionView = z.infer<typeof sessionSchema>;
