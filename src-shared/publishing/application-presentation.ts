import { z } from 'zod';

/**
 * How an application stands in front of people, with the field names of Graph's `application`: what "My apps" shows and
 * where it leads.
 */

/** Graph's tag for applications that "My apps" does not show ("Visible to users?" in the Entra admin center). */
export const HIDE_APP_TAG = 'HideApp';

/** The image types of a logo, as Graph takes them. */
export const LOGO_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/gif'] as const;
export type LogoMediaType = (typeof LOGO_MEDIA_TYPES)[number];

/** Graph's bound for a description, characters. */
const MAX_DESCRIPTION_LENGTH = 1024;
const MAX_TAGS = 50;
const MAX_TAG_LENGTH = 256;
const MAX_HOME_PAGE_URL_LENGTH = 2048;

export const tagsSchema = z.array(z.string().trim().min(1).max(MAX_TAG_LENGTH)).max(MAX_TAGS);

/** Part of an application as it is stored and read: every field present. */
export const applicationPresentationSchema = z.strictObject({
  description: z
    .string()
    .trim()
    .min(1)
    .max(MAX_DESCRIPTION_LENGTH)
    .nullable()
    .describe('For the people who use it; null for none.'),
  tags: tagsSchema.describe('Free texts, of which `HideApp` means something here.'),
  web: z.strictObject({
    homePageUrl: z
      .string()
      .max(MAX_HOME_PAGE_URL_LENGTH)
      .nullable()
      .describe(
        'Where "My apps" leads instead of the external URL; a wildcard has no other address. Below what is published.',
      ),
  }),
});
export type ApplicationPresentation = z.infer<typeof applicationPresentationSchema>;

/** What holds where nothing was said. */
export const APPLICATION_PRESENTATION_DEFAULTS: ApplicationPresentation = {
  description: null,
  tags: [],
  web: { homePageUrl: null },
};

/** The same with what only the service sets: everything about an application that nobody has described yet. @internal exported for tests */
export const UNDESCRIBED_APPLICATION = { ...APPLICATION_PRESENTATION_DEFAULTS, info: { logoUrl: null } };
