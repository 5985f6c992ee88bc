import type { FinishedRequest } from './finished-request.ts';
import { type TrafficEvent, makeTrafficEvent } from './traffic-event.ts';
import { TRAFFIC_LIMITS } from './traffic-limits.ts';

/** The last requests of this node that failed, by activity id, so that whoever has an id learns why (B45). */
export class RecentFailures {
  /** Oldest first. */
  readonly #events = new Map<string, TrafficEvent>();

  /** Takes a request that is over; one that went well costs a comparison. */
  note(finished: FinishedRequest, nowMs: number): void {
    if (finished.record.errorCode === null) return;
    this.#events.set(finished.activityId, makeTrafficEvent(finished, nowMs));
    if (this.#events.size <= TRAFFIC_LIMITS.keptFailures) return;
    const oldest = this.#events.keys().next();
    if (oldest.done !== true) this.#events.delete(oldest.value);
  }

  find(activityId: string): TrafficEvent | null {
    return this.#events.get(activityId) ?? null;
  }
}
