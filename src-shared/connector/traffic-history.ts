import type { TrafficRecord } from './traffic-record.ts';

/** Requests of the past, as the history on disk has them. */
export interface TrafficPage {
  /** Newest first; only such as match the filter. May be empty while `next` leads on. */
  readonly records: readonly TrafficRecord[];
  /** Where to read on: `beforeSequence` of the next page. Null at the end of the history. */
  readonly next: number | null;
}

/** Counts of one step of time. */
export interface TrafficFigure {
  /** Begin of the step, ms since the epoch. */
  readonly atMs: number;
  readonly requests: number;
  /** Answered with 4xx. */
  readonly refused: number;
  /** All that went wrong: answered with 5xx, and `failed`. */
  readonly errors: number;
  /** Without an answer, or broken off in it. */
  readonly failed: number;
  /** From users, and to them. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /**
   * Of complete answers, ms: within which half of them came, 95 % and 99 %; null where there were none. Times are kept
   * by class: right to an eighth at worst, and of minutes that versions of the file before 7 counted to a half, above a millisecond.
   */
  readonly medianMs: number | null;
  readonly slowMs: number | null;
  readonly tailMs: number | null;
}

/** Traffic over a span of time, by steps of equal length without a gap. */
export interface TrafficFigures {
  /** Length of a step: whole minutes in the history, a second where the window counts by itself. */
  readonly stepMs: number;
  /** Oldest first, at most `MAX_FIGURE_POINTS`. */
  readonly points: readonly TrafficFigure[];
  /** The whole span as one step. */
  readonly total: TrafficFigure;
}

export const MAX_FIGURE_POINTS = 300;

export const EXPORT_FORMATS = ['csv', 'har'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How far an export is. */
export interface ExportProgress {
  /** Requests that matched and were written. */
  readonly written: number;
  /** Requests looked at, of all that are kept. */
  readonly looked: number;
  readonly total: number;
}

/** How the history on disk does; the window tells what a person should know. */
export type TrafficHistoryState =
  | { readonly kind: 'ready' }
  /** The file was damaged: it lies there under this name, and a new one was begun. */
  | { readonly kind: 'setAside'; readonly file: string; readonly reason: string }
  /** Nothing is written for now. */
  | { readonly kind: 'failing'; readonly reason: string };
