import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { ApplicationFigures } from './application-figures.ts';
import type { FinishedRequest } from './finished-request.ts';
import { LATENCY_BUCKETS, latencyBucket } from './latency-histogram.ts';
import { troubleOf } from './request-trouble.ts';
import type { CountedRequest } from './traffic-window.ts';

/** Applications of which figures are kept; above it those that were asked least recently are forgotten, some at a time. @internal */
export const MAX_COUNTED_APPLICATIONS = 10_000;
const FORGOTTEN_AT_ONCE = 100;

/**
 * Counts the requests of this node that are over: by application for the last minute, hour and day, and all of them since the
 * start for the metrics. Counting makes no object but at an application's first request and at a failure.
 */
export class TrafficCounts {
  /** Of all applications together. */
  readonly all = new ApplicationFigures();
  readonly countedFromMs: number;
  readonly #applications = new Map<string, ApplicationFigures>();
  readonly #byStatusClass = new Float64Array(6);
  readonly #byErrorCode = new Map<ErrorCode, number>();
  readonly #latencies = new Float64Array(LATENCY_BUCKETS);
  readonly #counted: { -readonly [Key in keyof CountedRequest]: CountedRequest[Key] } = {
    statusClass: 0,
    trouble: 'none',
    latencyBucket: -1,
    requestBytes: 0,
    responseBytes: 0,
  };
  #latencySumMs = 0;
  requestBytes = 0;
  responseBytes = 0;

  constructor(countedFromMs: number) {
    this.countedFromMs = countedFromMs;
  }

  /** How many requests ended with a status of a class, 1 to 5; 0 stands for those without an answer. */
  get byStatusClass(): ArrayLike<number> {
    return this.#byStatusClass;
  }

  get byErrorCode(): ReadonlyMap<ErrorCode, number> {
    return this.#byErrorCode;
  }

  /** The times to the heads of connectors' answers. */
  get latencies(): { readonly counts: ArrayLike<number>; readonly sumMs: number } {
    return { counts: this.#latencies, sumMs: this.#latencySumMs };
  }

  /** Null of one that nobody has asked for, or not for long. */
  ofApplication(id: string): ApplicationFigures | null {
    return this.#applications.get(id) ?? null;
  }

  applications(): ReadonlyMap<string, ApplicationFigures> {
    return this.#applications;
  }

  count(finished: FinishedRequest, nowMs: number): void {
    const { status, firstByteMs, requestBytes, responseBytes, application, record } = finished;
    const { errorCode } = record;
    const counted = this.#counted;
    const statusClass = status === null || status < 100 || status > 599 ? 0 : Math.floor(status / 100);
    counted.statusClass = statusClass;
    counted.trouble = troubleOf(errorCode);
    counted.latencyBucket = firstByteMs < 0 ? -1 : latencyBucket(firstByteMs);
    counted.requestBytes = requestBytes;
    counted.responseBytes = responseBytes;
    this.#byStatusClass[statusClass] = (this.#byStatusClass[statusClass] ?? 0) + 1;
    this.requestBytes += requestBytes;
    this.responseBytes += responseBytes;
    if (firstByteMs >= 0) {
      this.#latencies[counted.latencyBucket] = (this.#latencies[counted.latencyBucket] ?? 0) + 1;
      this.#latencySumMs += firstByteMs;
    }
    if (errorCode !== null) this.#byErrorCode.set(errorCode, (this.#byErrorCode.get(errorCode) ?? 0) + 1);
    if (application === null) return;
    this.all.count(counted, nowMs);
    const figures = this.#figuresOf(application.id);
    figures.count(counted, nowMs);
    noteHealth(figures, finished, counted.trouble, nowMs);
  }

  #figuresOf(id: string): ApplicationFigures {
    const known = this.#applications.get(id);
    if (known !== undefined) return known;
    if (this.#applications.size >= MAX_COUNTED_APPLICATIONS) this.#forgetSome();
    const figures = new ApplicationFigures();
    this.#applications.set(id, figures);
    return figures;
  }

  #forgetSome(): void {
    const oldest = [...this.#applications].toSorted(([, a], [, b]) => a.countedAtMs - b.countedAtMs);
    for (const [id] of oldest.slice(0, FORGOTTEN_AT_ONCE)) this.#applications.delete(id);
  }
}

function noteHealth(
  figures: ApplicationFigures,
  { firstByteMs, record, activityId, connectorId }: FinishedRequest,
  trouble: CountedRequest['trouble'],
  nowMs: number,
): void {
  const { errorCode, errorCause } = record;
  // A failure of the service itself says nothing of the application.
  if (trouble === 'failed' && errorCode !== null && failingHop(errorCode) !== 'service') {
    figures.failuresInRow += 1;
    figures.lastFailure = { code: errorCode, cause: errorCause, atMs: nowMs, activityId, connectorId };
  } else if (firstByteMs >= 0) {
    figures.failuresInRow = 0;
    figures.answeredAtMs = nowMs;
  }
}
