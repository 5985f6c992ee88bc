import { z } from 'zod';
import { refusedFor } from '../errors/refused-for.ts';

/**
 * How the backend learns who the user is, with the names of Microsoft Graph beta (`onPremisesPublishingSingleSignOn`).
 * Graph has no words for what goes into which header; `headerSignOnSettings` is Postern's own, beside Graph's
 * `kerberosSignOnSettings`.
 */

/** Graph's `singleSignOnMode`, as far as it is carried. */
const SINGLE_SIGN_ON_MODES = ['none', 'aadHeaderBased'] as const;

/** Bounds of what one application may carry; docs/limits.md says why. */
const SIGN_ON_LIMITS = {
  rules: 20,
  /** Headers of one rule. */
  headers: 16,
  headerNameLength: 64,
  transformations: 8,
  patternLength: 200,
  /** Characters of a constant, a prefix, the name of a claim. */
  textLength: 256,
} as const;

/** Visible ASCII and what UTF-8 makes of the rest; a control character would end the header. */
const fixedText = z
  .string()
  .max(SIGN_ON_LIMITS.textLength)
  .regex(/^\P{Cc}*$/u, { error: refusedFor('noControlCharacters') });

const transformationSchema = z.discriminatedUnion(
  'kind',
  [
    /** Keeps the first group of the pattern, or all that it matched where it has none; what doesn't match is left out. */
    z.strictObject({ kind: z.literal('extract'), pattern: z.string().min(1).max(SIGN_ON_LIMITS.patternLength) }),
    z.strictObject({ kind: z.literal('prefix'), prefix: fixedText.min(1) }),
    z.strictObject({ kind: z.literal('toLowercase') }),
    z.strictObject({ kind: z.literal('toUppercase') }),
  ],
  { error: refusedFor('mustBeTransformation') },
);
/** One step from what the provider said to what the backend is told. */
export type SignOnTransformation = z.infer<typeof transformationSchema>;

const name = z
  .string()
  .max(SIGN_ON_LIMITS.headerNameLength)
  .regex(/^[A-Za-z][\w.-]*$/, { error: refusedFor('mustBeHeaderName') });
const fromClaims = {
  name,
  transformations: z
    .array(transformationSchema)
    .max(SIGN_ON_LIMITS.transformations)
    .default([])
    .describe('In order, on each value by itself.'),
  /** Between several values. */
  separator: fixedText.min(1).max(8).default(','),
};

const signOnHeaderSchema = z.discriminatedUnion(
  'source',
  [
    z.strictObject({
      ...fromClaims,
      source: z.literal('claim'),
      claim: z
        .string()
        .min(1)
        .max(SIGN_ON_LIMITS.textLength)
        .describe('Of the ID token; `oid`, `tid`, `name` and `preferred_username` are always there.'),
    }),
    z.strictObject({ ...fromClaims, source: z.literal('groups') }),
    z.strictObject({ ...fromClaims, source: z.literal('roles') }),
    z.strictObject({ name, source: z.literal('constant'), value: fixedText.min(1) }),
  ],
  { error: refusedFor('mustBeSource') },
);
/** One header for the backend and where its value comes from. */
export type SignOnHeader = z.infer<typeof signOnHeaderSchema>;

const signOnRuleSchema = z.strictObject({
  path: z
    .string()
    .max(2048)
    .regex(/^\/[^\s?#*\\]*$/, { error: refusedFor('mustBePath') })
    .default('/')
    .describe(
      'Path within the published address; `/` is all of it. Of several rules the one with the longest path decides alone.',
    ),
  headers: z.array(signOnHeaderSchema).max(SIGN_ON_LIMITS.headers),
});
/** Which headers are sent for a part of an address. */
export type SignOnRule = z.infer<typeof signOnRuleSchema>;

/** The settings as they are stored and read. */
export const singleSignOnSettingsSchema = z.strictObject({
  singleSignOnMode: z.enum(SINGLE_SIGN_ON_MODES, {
    error: refusedFor('signOnModeNotCarried'),
  }),
  headerSignOnSettings: z
    .strictObject({ rules: z.array(signOnRuleSchema).min(1).max(SIGN_ON_LIMITS.rules) })
    .nullable()
    .default(null),
});

/** The same as a caller may send it: with what Graph's clients send along and that says nothing here. */
export const singleSignOnSettingsInputSchema = singleSignOnSettingsSchema
  .extend({
    '@odata.type': z.string().optional(),
    kerberosSignOnSettings: z.null({ error: refusedFor('kerberosNotCarried') }).optional(),
  })
  .transform(({ singleSignOnMode, headerSignOnSettings }) => ({ singleSignOnMode, headerSignOnSettings }));
