import { z } from 'zod';

/** Longest life of an enrolment token. */
const MAX_ENROLMENT_TOKEN_SECONDS = 30 * 86_400;
export const MAX_ENROLMENT_TOKEN_USES = 10_000;

/** The body of `POST /postern/enrolmentTokens`. */
export const enrolmentTokenCreateSchema = z.strictObject({
  /** What it is for. */
  displayName: z.string().trim().min(1).max(120).optional(),
  expiresInSeconds: z.number().int().min(1).max(MAX_ENROLMENT_TOKEN_SECONDS).default(3600),
  /** How many connectors may enrol with it. */
  maxUses: z.number().int().min(1).max(MAX_ENROLMENT_TOKEN_USES).default(1),
  /** The group that they join; Default where absent. */
  connectorGroupId: z.string().min(1).max(128).optional(),
});
export type EnrolmentTokenCreate = z.input<typeof enrolmentTokenCreateSchema>;

/** A right to enrol connectors without an administrator's token, as the API shows it. */
export const enrolmentTokenSchema = z.object({
  id: z.string(),
  displayName: z.string().nullable(),
  connectorGroupId: z.string(),
  maxUses: z.number().int(),
  uses: z.number().int(),
  /** `active`: can be used now. */
  status: z.enum(['active', 'expired', 'used']),
  createdDateTime: z.string(),
  expiryDateTime: z.string(),
  /** Name of whoever made it. */
  createdBy: z.string(),
});
export type EnrolmentToken = z.infer<typeof enrolmentTokenSchema>;

/** The answer to making one: the only time that the token itself is told. */
export const enrolmentTokenCreatedSchema = enrolmentTokenSchema.extend({ token: z.string() });
export type EnrolmentTokenCreated = z.infer<typeof enrolmentTokenCreatedSchema>;
