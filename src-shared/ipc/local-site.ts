import { z } from 'zod';

/** Most characters of an icon, as a `data:` URL. */
export const MAX_ICON_CHARACTERS = 48 * 1024;

/** Something on this machine that answers HTTP, and could be published. */
export const localSiteSchema = z.strictObject({
  /** As an application's internal URL has it. */
  url: z.string(),
  status: z.number().int(),
  title: z.string().nullable(),
  /** What the server calls itself. */
  server: z.string().nullable(),
  /** An image as a `data:` URL. */
  icon: z.string().startsWith('data:image/').max(MAX_ICON_CHARACTERS).nullable(),
  /** False where its certificate would be refused with the check of certificates on. */
  isCertificateTrusted: z.boolean(),
});
export type LocalSite = z.infer<typeof localSiteSchema>;
