import { z } from 'zod';

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0a5bd3');
const line = z.string().trim().min(1).max(120);

/** How the pages that users see are dressed: errors, sign-in, "My apps" (docs/operations.md, "Branding"). */
export const brandingSchema = z.strictObject({
  /** Name above the pages; the service's `displayName` where absent. */
  displayName: line.optional(),
  /** Picture above the pages in place of our mark: SVG, PNG, JPEG or WebP, at most 64 KiB. */
  logoFile: z.string().min(1).optional(),
  /** Buttons, links and marks, on light ground. */
  accentColor: colour.optional(),
  /** The same on dark ground. */
  accentColorDark: colour.optional(),
  /** A sentence or two on every error page: whom to ask, at what hours. */
  helpText: z.string().trim().min(1).max(500).optional(),
  contact: z
    .strictObject({
      email: z.email().max(254).optional(),
      phone: z
        .string()
        .regex(/^\+?[0-9 ()/.-]{3,30}$/, 'must be a telephone number')
        .optional(),
      url: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
    })
    .prefault({}),
  /** HTML with placeholders that stands in for our error page. */
  errorTemplateFile: z.string().min(1).optional(),
});
export type BrandingConfiguration = z.infer<typeof brandingSchema>;
