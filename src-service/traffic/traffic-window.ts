import { LATENCY_BUCKETS, latencyQuantileMs } from './latency-histogram.ts';
import type { RequestTrouble } from './request-trouble.ts';

/** What is counted of each request, one slot each, beside its latency. */
const SLOT = {
  /** The period that a bucket holds, counted from the epoch on. */
  period: 0,
  requests: 1,
  /** `statusClass + 1` … : none, 1xx, 2xx, 3xx, 4xx, 5xx. */
  statuses: 2,
  refused: 8,
  failed: 9,
  requestBytes: 10,
  responseBytes: 12,
  latencies: 14,
} as const;
const SLOTS = SLOT.latencies + LATENCY_BUCKETS;
const TWO_TO_32 = 2 ** 32;

/** One request in numbers. */
export interface CountedRequest {
  /** 1 to 5 as in its status; 0 where no answer was begun. */
  readonly statusClass: number;
  readonly trouble: RequestTrouble;
  /** Negative where no connector answered. */
  readonly latencyBucket: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** What went on during a time. */
export interface TrafficFigures {
  /** From when on the figures count, ms since the epoch. */
  readonly sinceMs: number;
  readonly requests: number;
  readonly statuses: {
    readonly informational: number;
    readonly success: number;
    readonly redirection: number;
    readonly clientError: number;
    readonly serverError: number;
    /** No answer was begun. */
    readonly none: number;
  };
  readonly refused: number;
  readonly failed: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** To the head of the answer, ms; null without an answer. */
  readonly latencyMs: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99', number | null>>;
}

export interface TrafficWindowSize {
  readonly bucketMs: number;
  readonly buckets: number;
}

/** Counts requests of the last time in a ring of buckets: 200 bytes each, and nothing else as time goes by. */
export class TrafficWindow {
  readonly #size: TrafficWindowSize;
  readonly #slots: Uint32Array;

  constructor(size: TrafficWindowSize) {
    this.#size = size;
    this.#slots = new Uint32Array(size.buckets * SLOTS);
  }

  count(request: CountedRequest, nowMs: number): void {
    const slots = this.#slots;
    const period = Math.floor(nowMs / this.#size.bucketMs);
    const at = (period % this.#size.buckets) * SLOTS;
    if (slots[at + SLOT.period] !== period) {
      slots.fill(0, at, at + SLOTS);
      slots[at + SLOT.period] = period;
    }
    add(slots, at + SLOT.requests, 1);
    add(slots, at + SLOT.statuses + request.statusClass, 1);
    if (request.trouble !== 'none') add(slots, at + (request.trouble === 'refused' ? SLOT.refused : SLOT.failed), 1);
    addBytes(slots, at + SLOT.requestBytes, request.requestBytes);
    addBytes(slots, at + SLOT.responseBytes, request.responseBytes);
    if (request.latencyBucket >= 0) add(slots, at + SLOT.latencies + request.latencyBucket, 1);
  }

  /** @param countedFromMs when counting began at all */
  read(nowMs: number, countedFromMs: number): TrafficFigures {
    const { bucketMs, buckets } = this.#size;
    const oldest = Math.floor(nowMs / bucketMs) - buckets + 1;
    const sums = Array.from({ length: SLOTS }, () => 0);
    for (let at = 0; at < this.#slots.length; at += SLOTS) {
      if ((this.#slots[at + SLOT.period] ?? 0) < oldest) continue;
      for (let slot = 1; slot < SLOTS; slot += 1) sums[slot] = (sums[slot] ?? 0) + (this.#slots[at + slot] ?? 0);
    }
    const sum = (slot: number): number => sums[slot] ?? 0;
    const bytes = (slot: number): number => sum(slot) + sum(slot + 1) * TWO_TO_32;
    const latencies = sums.slice(SLOT.latencies);
    return {
      sinceMs: Math.max(countedFromMs, oldest * bucketMs),
      requests: sum(SLOT.requests),
      statuses: {
        informational: sum(SLOT.statuses + 1),
        success: sum(SLOT.statuses + 2),
        redirection: sum(SLOT.statuses + 3),
        clientError: sum(SLOT.statuses + 4),
        serverError: sum(SLOT.statuses + 5),
        none: sum(SLOT.statuses),
      },
      refused: sum(SLOT.refused),
      failed: sum(SLOT.failed),
      requestBytes: bytes(SLOT.requestBytes),
      responseBytes: bytes(SLOT.responseBytes),
      latencyMs: {
        p50: latencyQuantileMs(latencies, 0.5),
        p90: latencyQuantileMs(latencies, 0.9),
        p95: latencyQuantileMs(latencies, 0.95),
        p99: latencyQuantileMs(latencies, 0.99),
      },
    };
  }
}

function add(slots: Uint32Array, slot: number, count: number): void {
  slots[slot] = (slots[slot] ?? 0) + count;
}

/** Bytes take two slots, the lower half first. */
function addBytes(slots: Uint32Array, slot: number, bytes: number): void {
  const sum = (slots[slot] ?? 0) + bytes;
  slots[slot] = sum % TWO_TO_32;
  if (sum >= TWO_TO_32) add(slots, slot + 1, Math.floor(sum / TWO_TO_32));
}
