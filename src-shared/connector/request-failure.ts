import { z } from 'zod';
import { HOPS } from '../errors/failing-hop.ts';
import { isErrorCode, type ErrorCode } from '../errors/registry.ts';

/** A request that failed, as the service saw it. Holds no cookie, no header and no secret of a URL (B72). */
export const requestFailureSchema = z.object({
  activityId: z.string(),
  startedDateTime: z.string(),
  durationMs: z.number(),
  /** To the head of the connector's answer; null where none came. */
  firstByteMs: z.number().nullable(),
  method: z.string(),
  host: z.string(),
  /** Path and query; of what was for no application the path alone. */
  url: z.string(),
  status: z.number().int().nullable(),
  isUpgrade: z.boolean(),
  isComplete: z.boolean(),
  applicationId: z.string().nullable(),
  applicationDisplayName: z.string().nullable(),
  connectorGroupId: z.string().nullable(),
  connectorId: z.string().nullable(),
  userId: z.string().nullable(),
  userPrincipalName: z.string().nullable(),
  clientAddress: z.string(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  errorCode: z.string(),
  hop: z.enum(HOPS),
  errorCause: z.string().nullable(),
  /** What the error means in general, in English. */
  summary: z.string(),
  /** Whether the same may go well later with nothing changed. */
  mayBeRepeated: z.boolean(),
  /** Who should look: the user, whoever runs connector or service, or the developers. */
  audience: z.enum(['user', 'operator', 'bug']),
});
export type RequestFailure = z.infer<typeof requestFailureSchema>;

/** The code where this version knows it. */
export function knownErrorCode({ errorCode }: Pick<RequestFailure, 'errorCode'>): ErrorCode | null {
  return isErrorCode(errorCode) ? errorCode : null;
}
