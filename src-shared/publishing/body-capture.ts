import { z } from 'zod';
import { MAX_CAPTURE_MINUTES } from '../connector/body-capture.ts';

/** The body of `POST /postern/bodyCaptures`. */
export const bodyCaptureCreateSchema = z.strictObject({
  applicationId: z.string().min(1).max(128).describe('Whose requests are looked at.'),
  connectorId: z.string().min(1).max(128).describe('Where that is done.'),
  minutes: z.number().int().min(1).max(MAX_CAPTURE_MINUTES).describe('How long it lasts at most.'),
});
export type BodyCaptureCreate = z.infer<typeof bodyCaptureCreateSchema>;

/** A capture that is in the audit, as the API answers it. */
export const bodyCaptureSchema = z.object({
  id: z.string().describe('Names it in the audit, as `targetId`.'),
  applicationId: z.string().describe('Whose requests are looked at.'),
  connectorId: z.string().describe('Where that is done.'),
  createdDateTime: z.string().describe('When it was asked for.'),
  expiryDateTime: z.string().describe('When it is over at the latest.'),
});
export type BodyCapture = z.infer<typeof bodyCaptureSchema>;

/** Why a capture ended. */
export const CAPTURE_ENDS = ['stopped', 'over', 'engineGone', 'signedOut', 'quit'] as const;
export type CaptureEnd = (typeof CAPTURE_ENDS)[number];

/** The body of `POST /postern/bodyCaptures/{id}/end`. */
export const bodyCaptureEndSchema = z.strictObject({
  reason: z.enum(CAPTURE_ENDS).describe('Why it ended.'),
  requests: z.number().int().min(0).describe('How many requests were looked at.'),
});
export type BodyCaptureEnd = z.infer<typeof bodyCaptureEndSchema>;
