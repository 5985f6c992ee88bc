import { z } from 'zod';
import { isReasonKey, type ReasonKey } from './reasons.ts';

/** A reason in an answer of the API; undefined for one that this version doesn't know: its message stands instead. */
export const reasonSchema = z
  .object({
    key: z.custom<ReasonKey>(isReasonKey),
    parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .optional()
  .catch(undefined);
