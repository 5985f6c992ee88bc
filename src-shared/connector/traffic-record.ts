import type { ConnectionOpening } from './connection-opening.ts';
import type { Hop } from '../errors/failing-hop.ts';
import type { ErrorCode } from '../errors/registry.ts';

/** One request as the connector saw it (B72). Holds no cookie, no credential and no token. */
export interface TrafficRecord {
  /** Rises by one with each record of an engine, and begins anew above those of earlier ones; orders what began in the same millisecond. */
  readonly sequence: number;
  readonly activityId: string;
  /** When the request arrived at the connector, ms since the epoch. */
  readonly startedAtMs: number;
  readonly applicationId: string;
  readonly applicationName: string;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly method: string;
  /** The internal URL asked for; values of query parameters that look like secrets read `[secret]`. */
  readonly url: string;
  /** Status sent to the user; null while no response head came. */
  readonly status: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly timing: TrafficTiming;
  /**
   * The connection that took the request: one that stood already, or one that was opened meanwhile, perhaps in vain. Null where there was none,
   * and for requests of earlier versions, which did not tell.
   */
  readonly connection: 'reused' | ConnectionOpening | null;
  readonly isUpgrade: boolean;
  /** `complete` once the last byte went; an upgraded or streaming request stays `open` for long. */
  readonly outcome: 'open' | 'complete' | 'failed' | 'cancelled';
  readonly errorCode: ErrorCode | null;
  /** Where it failed; null where all went well. */
  readonly errorHop: Hop | null;
  /** The cause in plain words (`connect ECONNREFUSED 10.0.0.5:80`), for the administrator; null where all went well. */
  readonly errorCause: string | null;
}

/** What a timeline of a request shows. */
export type TimedRequest = Pick<TrafficRecord, 'timing' | 'connection' | 'errorHop'>;

/** Phases of a request, milliseconds since `startedAtMs`; null where the phase was not reached. */
export interface TrafficTiming {
  /** When the request was written to a connection of the backend. */
  readonly sentMs: number | null;
  /** When the response head came. */
  readonly firstByteMs: number | null;
  /** When the last byte went or the request failed. */
  readonly totalMs: number | null;
}
