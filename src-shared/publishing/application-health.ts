import { z } from 'zod';
import { HOPS } from '../errors/failing-hop.ts';

/** How an application does by what users' requests showed, as `/postern/health/applications` says it; what the desktop shows of that. */
export const applicationHealthSchema = z.object({
  id: z.string(),
  /** `unknown`: no request has shown it yet. `disabled`: in maintenance. */
  status: z.enum(['ok', 'degraded', 'down', 'unknown', 'disabled']),
  /** Where the last request failed, as long as none came through since. */
  failingHop: z.enum(HOPS).nullable(),
  failuresInRow: z.number().int(),
  lastAnsweredDateTime: z.string().nullable(),
  lastError: z
    .object({ code: z.string(), message: z.string().nullable(), dateTime: z.string(), activityId: z.string() })
    .nullable(),
});
export type ApplicationHealth = z.infer<typeof applicationHealthSchema>;
