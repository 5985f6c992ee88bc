import { z } from 'zod';
import type { TimedRequest } from '../connector/traffic-record.ts';
import { HOPS } from '../errors/failing-hop.ts';

/** A test of one application, from the administrator's machine: what was found at each station of the way of a request. */

const APPLICATION_TEST_STATIONS = ['service', 'address', 'tunnel', 'backend', 'request'] as const;

/** What a station turned out to be. `detail` says with which figures or words. */
const APPLICATION_TEST_FINDINGS = [
  /** The service knows the application. */
  'known',
  /** The external address asks for a sign-in, as it should. */
  'asksForSignIn',
  /** An answer, whose status is the detail. */
  'answered',
  'inMaintenance',
  /** No answer, or one of the service instead of the application's; the detail says why. */
  'failed',
  /** A wildcard stands for many addresses, of which none is known. */
  'isWildcard',
  /** A connector answers the service's probes; the detail names it. */
  'probeAnswered',
  'noConnector',
  'noProbeAnswered',
  /** This machine is none of the connectors that serve it. */
  'isElsewhere',
  /** What only somebody who signs in can show. */
  'needsSignIn',
] as const;

const stationSchema = z.strictObject({
  station: z.enum(APPLICATION_TEST_STATIONS),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  finding: z.enum(APPLICATION_TEST_FINDINGS),
  detail: z.string(),
  /** The failing hop, as the service names it. */
  hop: z.enum(HOPS).nullable(),
  durationMs: z.number().nullable(),
  remedy: z.string().nullable(),
});
export type ApplicationTestStation = z.infer<typeof stationSchema>;

export const applicationTestSchema = z.strictObject({
  stations: z.array(stationSchema),
  /** Of the request that went the whole way, by which both logs know it; null where none did. */
  activityId: z.string().nullable(),
  /** When what came of that request at this machine's connector. */
  timedRequest: z.custom<TimedRequest>().nullable(),
});
export type ApplicationTest = z.infer<typeof applicationTestSchema>;
