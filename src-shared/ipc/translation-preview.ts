import { z } from 'zod';

/** What the connector would change of a page of a backend, before and after. */

const url = z.string().max(2048);

export const translationPreviewRequestSchema = z.strictObject({
  internalUrl: url,
  externalUrl: url,
  isTranslateHostHeaderEnabled: z.boolean(),
  isTranslateLinksInScriptsEnabled: z.boolean(),
  isCertificateValidated: z.boolean(),
});
export type TranslationPreviewRequest = z.infer<typeof translationPreviewRequestSchema>;

const translationChangeSchema = z.strictObject({
  /** `body`, or the name of a header in lower case. */
  where: z.string(),
  before: z.string(),
  /** Null: it is left out. */
  after: z.string().nullable(),
  /** How often it stands there. */
  count: z.number().int(),
});
export type TranslationChange = z.infer<typeof translationChangeSchema>;

export const translationPreviewSchema = z.strictObject({
  status: z.number().int(),
  contentType: z.string().nullable(),
  /** Whether its body is of a kind that can be translated. */
  isTranslatable: z.boolean(),
  /** How much of the body was looked at, octets. */
  bytes: z.number().int(),
  /** Whether it goes on behind that. */
  isCut: z.boolean(),
  changes: z.array(translationChangeSchema),
});
export type TranslationPreview = z.infer<typeof translationPreviewSchema>;
