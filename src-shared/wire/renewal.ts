import { z } from 'zod';

/**
 * How a connector's certificate is renewed through its tunnel (docs/tunnel-protocol.md, "Renewal of the certificate"): RENEW and
 * CERTIFICATE bring the new one, and RENEWED proves that the connector has kept it. Until then the old one counts as well.
 */

/** The feature that both sides name when certificates are renewed in the tunnel. */
export const RENEWAL_FEATURE = 'renewal';

const MAX_PEM_LENGTH = 8192;

export const renewSchema = z.object({
  /** PKCS#10 request in PEM, ES256, as at enrolment; best of a new key. */
  certificateSigningRequest: z.string().max(MAX_PEM_LENGTH),
});

export const certificateSchema = z.object({
  /** Leaf first, PEM each; absent where there is none now. */
  certificateChain: z.array(z.string().max(MAX_PEM_LENGTH)).min(1).max(4).optional(),
  /** Why there is none. */
  reason: z.string().max(2048).optional(),
  /** When to ask again, s. */
  renewInSeconds: z.number().int().nonnegative(),
});
export type Certificate = z.infer<typeof certificateSchema>;

export const renewedSchema = z.object({
  /** As in HELLO, over the same challenge, by the new key and with the new certificate. */
  proof: z.string().max(16_384),
});
