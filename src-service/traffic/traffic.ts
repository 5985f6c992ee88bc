import type { FinishedRequest } from './finished-request.ts';
import { RecentFailures } from './recent-failures.ts';
import { TrafficCounts } from './traffic-counts.ts';
import { TrafficFeed } from './traffic-feed.ts';
import { LEFT_OUT_REASONS, type LeftOutReason } from './traffic-watcher.ts';

export interface TrafficOptions {
  readonly clock: () => number;
  readonly randomId: () => string;
}

/** What goes through this node: counted, and shown to those who watch. */
export class Traffic {
  readonly counts: TrafficCounts;
  readonly feed: TrafficFeed;
  readonly failures = new RecentFailures();
  readonly #leftOut = new Map<LeftOutReason, number>(LEFT_OUT_REASONS.map((reason) => [reason, 0]));

  constructor(options: TrafficOptions) {
    this.counts = new TrafficCounts(options.clock());
    this.feed = new TrafficFeed(options);
  }

  /** Takes a request that is over. The portal and the API are nobody's application: only what goes wrong there is shown. */
  note(finished: FinishedRequest, nowMs: number): void {
    this.counts.count(finished, nowMs);
    this.failures.note(finished, nowMs);
    if (finished.application !== null || finished.record.errorCode !== null) this.feed.publish(finished, nowMs);
  }

  /** Whether somebody looks at each request. */
  get isWatched(): boolean {
    return this.feed.listeners > 0;
  }

  /** Events that those who watch did not get, since the start. */
  get leftOut(): ReadonlyMap<LeftOutReason, number> {
    return this.#leftOut;
  }

  noteLeftOut(reason: LeftOutReason, count: number): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + count);
  }
}
