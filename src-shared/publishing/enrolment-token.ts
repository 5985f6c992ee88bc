import { z } from 'zod';

/** Longest life of an enrolment token. */
const MAX_ENROLMENT_TOKEN_SECONDS = 30 * 86_400;
export const MAX_ENROLMENT_TOKEN_USES = 10_000;

/** The body of `POST /postern/enrolmentTokens`. */
export const enrolmentTokenCreateSchema = z.strictObject({
  displayName: z.string().trim().min(1).max(120).optional().describe('What it is for.'),
  expiresInSeconds: z.number().int().min(1).max(MAX_ENROLMENT_TOKEN_SECONDS).default(3600),
  maxUses: z
    .number()
    .int()
    .min(1)
    .max(MAX_ENROLMENT_TOKEN_USES)
    .default(1)
    .describe('How many connectors may enrol with it.'),
  connectorGroupId: z.string().min(1).max(128).optional().describe('The group that they join; Default where absent.'),
});
export type EnrolmentTokenCreate = z.input<typeof enrolmentTokenCreateSchema>;

/** A right to enrol connectors without an administrator's token, as the API shows it. */
export const enrolmentTokenSchema = z.object({
  id: z.string().describe('Names the token in this API.'),
  displayName: z.string().nullable().describe('What administrators know it by.'),
  connectorGroupId: z.string().describe('The group of the connectors that enrol with it.'),
  maxUses: z.number().int().describe('How many connectors may enrol with it.'),
  uses: z.number().int().describe('How many have.'),
  status: z.enum(['active', 'expired', 'used']).describe('`active`: can be used now.'),
  createdDateTime: z.string().describe('When it was made.'),
  expiryDateTime: z.string().describe('Until when it can be used.'),
  createdBy: z.string().describe('Name of whoever made it.'),
});
export type EnrolmentToken = z.infer<typeof enrolmentTokenSchema>;

/** The answer to making one: the only time that the token itself is told. */
export const enrolmentTokenCreatedSchema = enrolmentTokenSchema.extend({ token: z.string() });
export type EnrolmentTokenCreated = z.infer<typeof enrolmentTokenCreatedSchema>;
