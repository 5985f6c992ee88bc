import type { Hop } from '../errors/failing-hop.ts';
import type { ErrorCode } from '../errors/registry.ts';

/** How an application does by the requests that passed this connector. */
export interface ApplicationWatch {
  readonly id: string;
  readonly displayName: string;
  /** `unknown`: no request has shown it yet. */
  readonly status: 'ok' | 'failing' | 'unknown';
  /** Since when it has been so, ms since the epoch; null while unknown. */
  readonly sinceMs: number | null;
  /** Where requests fail, and why; null unless failing. */
  readonly hop: Hop | null;
  readonly code: ErrorCode | null;
  readonly cause: string | null;
}

/** All applications of this connector in short. */
export interface ApplicationWatchSummary {
  readonly ok: number;
  readonly failing: number;
  readonly unknown: number;
  /** The failing first, then the others by name; at most `LISTED_APPLICATIONS`. */
  readonly listed: readonly ApplicationWatch[];
}

export const LISTED_APPLICATIONS = 50;

export const NO_APPLICATIONS: ApplicationWatchSummary = { ok: 0, failing: 0, unknown: 0, listed: [] };
