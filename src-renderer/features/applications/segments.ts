import { z } from 'zod';

/** The segments of an application as they are being typed: of the shape that the API takes, with texts of any kind. */

const cors = z.strictObject({
  resource: z.string().default('/'),
  allowedOrigins: z.array(z.string()),
  allowedHeaders: z.array(z.string()).default([]),
  allowedMethods: z.array(z.string()),
  maxAgeInSeconds: z.union([z.number(), z.string()]).default(0),
});
export type CorsDraft = z.infer<typeof cors>;

const segment = z.strictObject({
  externalUrl: z.string(),
  internalUrl: z.string(),
  alternateUrl: z.string().nullable().default(null),
  corsConfigurations: z.array(cors).default([]),
});
export type SegmentDraft = z.infer<typeof segment>;
const segments = z.strictObject({ applicationSegments: z.array(segment) });

/** The segments of `segmentsConfiguration`; null where it holds what the form does not know. */
export function readSegments(value: unknown): readonly SegmentDraft[] | null {
  if (value === null) return [];
  return segments.safeParse(value).data?.applicationSegments ?? null;
}

export function writeSegments(drafts: readonly SegmentDraft[]): unknown {
  return { applicationSegments: drafts };
}

export function makeSegment(): SegmentDraft {
  return { externalUrl: '', internalUrl: '', alternateUrl: null, corsConfigurations: [] };
}

export function makeCors(): CorsDraft {
  return { resource: '/', allowedOrigins: [], allowedHeaders: [], allowedMethods: ['GET'], maxAgeInSeconds: 0 };
}

/** What was typed wrong stays as it is, for the schema to find. */
export function readSeconds(text: string): number | string {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}
