import type { TrafficFigure } from './traffic-history.ts';
import type { TrafficRecord } from './traffic-record.ts';

/** An application whose requests were seen. */
export interface SeenApplication {
  readonly id: string;
  readonly name: string;
}

/** What the list of requests begins with. */
export interface TrafficStart {
  /** Rises with each; what is told for it bears the same. */
  readonly watch: number;
  /** The newest that match, in the order of their sequences. */
  readonly records: readonly TrafficRecord[];
  /** All that match and are not older are among them; the older ones are in the history. Null where none is held. */
  readonly oldestSequence: number | null;
  readonly applications: readonly SeenApplication[];
}

/** What is new for the list of requests. */
export interface TrafficNews {
  readonly watch: number;
  /** New ones that match, and those told before that went on, matching or not. */
  readonly records: readonly TrafficRecord[];
  /** How many new ones match, those left out included. */
  readonly newCount: number;
  /** More came than can be seen: those before the first of `records` were left out, and are in the history. */
  readonly isCut: boolean;
  /** Seen for the first time. */
  readonly applications: readonly SeenApplication[];
}

/** The figures of the last minutes by seconds, counted as requests end. */
export interface LiveTraffic {
  /** What is told now, for `after` of the next call. */
  readonly revision: number;
  /** Whether `points` are all seconds in which something ended, and not just those that have changed since `after`. */
  readonly isWhole: boolean;
  readonly points: readonly TrafficFigure[];
  /** The whole span as one step; `atMs` is its begin. */
  readonly total: TrafficFigure;
  /** Seen since the call before; all where `isWhole`. */
  readonly applications: readonly SeenApplication[];
  /** How many were told by now, for `toldApplications` of the next call. */
  readonly toldApplications: number;
}

export const LIVE_STEP_MS = 1000;
/** Seconds that are kept: five minutes. */
export const LIVE_STEPS = 300;
