import * as client from 'openid-client';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ProviderTrouble } from './provider-trouble.ts';

/** What of a token says when it is. */
interface TokenTimes {
  readonly iat?: number | undefined;
  readonly nbf?: number | undefined;
  readonly exp?: number | undefined;
}

const MINUTE_SECONDS = 60;
/** What openid-client names where a time of a token is not as it must be. */
const timeFaultSchema = z.object({
  claims: z.object({ iat: z.number().optional(), nbf: z.number().optional(), exp: z.number().optional() }),
});

/** Which times an error of openid-client was about; null where it was about something else. */
export function timesInError(error: Error): TokenTimes | null {
  if (!(error instanceof client.ClientError) || error.code !== 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return null;
  const fault = timeFaultSchema.safeParse(error.cause instanceof Error ? error.cause.cause : null);
  return fault.success ? fault.data.claims : {};
}

/** The error for an ID token that came just now and is of another time: the clocks differ. */
export function clockDifference(
  displayName: string,
  { iat, nbf, exp }: TokenTimes,
  nowMs: number,
  toleranceSeconds: number,
  cause?: unknown,
): PosternError {
  const issuedAt = iat ?? nbf ?? exp;
  const seconds = issuedAt === undefined ? 0 : Math.round(issuedAt - nowMs / 1000);
  const distance = seconds === 0 ? '' : ` by ${describe(Math.abs(seconds))}`;
  const order = seconds > 0 ? 'ahead of' : 'behind';
  const where = seconds === 0 ? '' : ` That of the provider is ${order} that of this service.`;
  const at = (time: number | undefined): string => (time === undefined ? '-' : new Date(time * 1000).toISOString());
  const reason = `It is ${new Date(nowMs).toISOString()} here; its ID token says iat ${at(iat)}, nbf ${at(nbf)}, exp ${at(exp)}.`;
  const remedy = `Let both take the time from a time server (NTP); clockToleranceSeconds (${toleranceSeconds}) is what they may differ by.`;
  return new PosternError('SIGNIN_CLOCK', {
    message: `The clocks of the identity provider ${displayName} and of this service differ${distance}, so its answer was not used.${where}`,
    cause: new ProviderTrouble(reason, remedy, cause),
  });
}

function describe(seconds: number): string {
  const minutes = Math.round(seconds / MINUTE_SECONDS);
  return minutes < 2 ? `${seconds} seconds` : `about ${minutes} minutes`;
}
