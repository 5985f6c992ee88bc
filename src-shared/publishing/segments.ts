import { z } from 'zod';
import { refusedFor } from '../errors/refused-for.ts';

/**
 * The segments of a complex application and their CORS rules, with the names of Microsoft Graph beta
 * (`webSegmentConfiguration`, `webApplicationSegment`, `corsConfiguration`).
 */

/** Bounds of what one application may carry; docs/limits.md says why. */
const SEGMENT_LIMITS = {
  segments: 100,
  corsConfigurations: 50,
  /** Entries of each list of a CORS rule. */
  corsEntries: 100,
  /** What browsers honour at most. */
  maxAgeSeconds: 86_400,
} as const;

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

function list(entry: z.ZodType<string>): z.ZodArray<z.ZodType<string>> {
  return z.array(entry).max(SEGMENT_LIMITS.corsEntries);
}

/** One CORS rule: what pages of other origins may ask of a part of a segment (B20). */
export const corsConfigurationSchema = z.strictObject({
  resource: z
    .string()
    .max(2048)
    .regex(/^\/[^\s?#*\\]*$/, { error: refusedFor('mustBePath') })
    .default('/')
    .describe('Path within the segment that the rule is for; `/` is all of it.'),
  allowedOrigins: list(z.string().refine(isOrigin, { error: refusedFor('mustBeOrigin') })).describe(
    'Compared exactly with `Origin`.',
  ),
  allowedHeaders: list(
    z
      .string()
      .refine((text) => text === '*' || (TOKEN.test(text.replace(/\*$/, '')) && !text.slice(0, -1).includes('*')), {
        error: refusedFor('mustBeHeaderPattern'),
      }),
  )
    .default([])
    .describe('Compared without regard to case; a `*` at the end stands for any rest.'),
  allowedMethods: list(
    z.string().refine((text) => TOKEN.test(text) && !text.includes('*'), { error: refusedFor('mustBeMethod') }),
  ).describe('Compared exactly.'),
  maxAgeInSeconds: z
    .number()
    .int()
    .min(0)
    .max(SEGMENT_LIMITS.maxAgeSeconds)
    .default(0)
    .describe('How long a browser may keep the answer to a preflight.'),
});
export type CorsConfiguration = z.infer<typeof corsConfigurationSchema>;

const applicationSegmentSchema = z.strictObject({
  externalUrl: z.string(),
  internalUrl: z.string(),
  alternateUrl: z
    .string()
    .nullable()
    .default(null)
    .describe('A further external URL of the same segment, such as that of a traffic manager in front.'),
  corsConfigurations: z.array(corsConfigurationSchema).max(SEGMENT_LIMITS.corsConfigurations).default([]),
});
export type ApplicationSegment = z.infer<typeof applicationSegmentSchema>;

/** The segments as they are stored and read. */
export const segmentsConfigurationSchema = z.strictObject({
  applicationSegments: z.array(applicationSegmentSchema).max(SEGMENT_LIMITS.segments),
});
export type SegmentsConfiguration = z.infer<typeof segmentsConfigurationSchema>;

/** The same as a caller may send it: with Graph's type annotations, which say nothing here. */
export const segmentsConfigurationInputSchema = z
  .strictObject({
    '@odata.type': odataType('webSegmentConfiguration'),
    applicationSegments: z
      .array(
        applicationSegmentSchema
          .extend({
            '@odata.type': odataType('webApplicationSegment'),
            corsConfigurations: z
              .array(
                corsConfigurationSchema.extend({ '@odata.type': odataType('corsConfiguration_v2') }).transform(bare),
              )
              .max(SEGMENT_LIMITS.corsConfigurations)
              .default([]),
          })
          .transform(bare),
      )
      .max(SEGMENT_LIMITS.segments),
  })
  .transform(bare);

function odataType(name: string): z.ZodOptional<z.ZodLiteral<string>> {
  return z.literal([`#microsoft.graph.${name}`, `microsoft.graph.${name}`]).optional();
}

function bare<Value extends { '@odata.type'?: string | undefined }>(value: Value): Omit<Value, '@odata.type'> {
  const copy = { ...value };
  delete copy['@odata.type'];
  return copy;
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
