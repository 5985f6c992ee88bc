import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { type CountedRequest, type TrafficFigures, TrafficWindow, type TrafficWindowSize } from './traffic-window.ts';

/** The times that figures are kept of. */
export const TRAFFIC_PERIODS = ['minute', 'hour', 'day'] as const;
export type TrafficPeriod = (typeof TRAFFIC_PERIODS)[number];

/** A period is counted in whole buckets, so that it may be shorter by one of them. */
const SIZES: Readonly<Record<TrafficPeriod, TrafficWindowSize>> = {
  minute: { bucketMs: 10_000, buckets: 6 },
  hour: { bucketMs: 600_000, buckets: 6 },
  day: { bucketMs: 7_200_000, buckets: 12 },
};

/** The last request of an application that failed on its way to the backend or there. */
export interface ApplicationFailure {
  readonly code: ErrorCode;
  readonly cause: string | null;
  readonly atMs: number;
  readonly activityId: string;
  readonly connectorId: string | null;
}

/** What users' requests showed of one application. */
export class ApplicationFigures {
  readonly #minute = new TrafficWindow(SIZES.minute);
  readonly #hour = new TrafficWindow(SIZES.hour);
  readonly #day = new TrafficWindow(SIZES.day);
  /** Since the start. */
  requests = 0;
  failed = 0;
  /** When the last request was counted, ms since the epoch. */
  countedAtMs = 0;
  /** When its backend answered last, ms since the epoch; 0 for never. */
  answeredAtMs = 0;
  /** Requests in a row that failed since the backend answered last. */
  failuresInRow = 0;
  lastFailure: ApplicationFailure | null = null;

  count(request: CountedRequest, nowMs: number): void {
    this.requests += 1;
    this.countedAtMs = nowMs;
    if (request.trouble === 'failed') this.failed += 1;
    this.#minute.count(request, nowMs);
    this.#hour.count(request, nowMs);
    this.#day.count(request, nowMs);
  }

  read(period: TrafficPeriod, nowMs: number, countedFromMs: number): TrafficFigures {
    const windows = { minute: this.#minute, hour: this.#hour, day: this.#day };
    return windows[period].read(nowMs, countedFromMs);
  }
}
