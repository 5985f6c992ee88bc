import type { FinishedRequest } from './finished-request.ts';
import { troubleOf } from './request-trouble.ts';
import { type TrafficEvent, makeTrafficEvent } from './traffic-event.ts';
import { TRAFFIC_LIMITS } from './traffic-limits.ts';

/** Of what is kept, the part that one kind of failure of one application may fill where there is no room for all. */
const SHARE = 1 / 8;

/**
 * The last requests of this node that failed or were refused, by activity id, so that whoever has an id learns why (B45). What
 * failed, what people were refused and what nobody knew was refused are kept apart, so that a flood of strangers, which costs
 * them nothing, takes no room from what an administrator is asked about.
 */
export class RecentFailures {
  readonly #failed = new KeptEvents(TRAFFIC_LIMITS.keptFailures);
  readonly #refused = new KeptEvents(TRAFFIC_LIMITS.keptRefusals);
  readonly #strangers = new KeptEvents(TRAFFIC_LIMITS.keptRefusalsOfStrangers);

  /** Takes a request that is over; one that went well costs a comparison. */
  note(finished: FinishedRequest, nowMs: number): void {
    const { errorCode, userId } = finished.record;
    if (errorCode === null) return;
    const kept = troubleOf(errorCode) === 'failed' ? this.#failed : userId === null ? this.#strangers : this.#refused;
    kept.add(`${errorCode} ${finished.application?.id ?? ''}`, makeTrafficEvent(finished, nowMs));
  }

  find(activityId: string): TrafficEvent | null {
    return this.#failed.find(activityId) ?? this.#refused.find(activityId) ?? this.#strangers.find(activityId);
  }
}

interface KeptEvent {
  readonly kind: string;
  readonly event: TrafficEvent;
}

/** Events up to a number. One that comes above it takes the place of the oldest of its own kind, once that has its share, else of the oldest of all. */
class KeptEvents {
  readonly #max: number;
  /** By activity id, oldest first. */
  readonly #events = new Map<string, KeptEvent>();
  /** The ids of each kind, oldest first. */
  readonly #kinds = new Map<string, Set<string>>();

  constructor(max: number) {
    this.#max = max;
  }

  add(kind: string, event: TrafficEvent): void {
    const { activityId } = event;
    this.#remove(activityId);
    const own = this.#kinds.get(kind) ?? new Set();
    if (this.#events.size >= this.#max) {
      const from = own.size >= this.#max * SHARE ? own : this.#events;
      const oldest = from.keys().next();
      if (oldest.done !== true) this.#remove(oldest.value);
    }
    own.add(activityId);
    this.#kinds.set(kind, own);
    this.#events.set(activityId, { kind, event });
  }

  find(activityId: string): TrafficEvent | null {
    return this.#events.get(activityId)?.event ?? null;
  }

  #remove(activityId: string): void {
    const kept = this.#events.get(activityId);
    if (kept === undefined) return;
    this.#events.delete(activityId);
    const own = this.#kinds.get(kept.kind);
    own?.delete(activityId);
    if (own?.size === 0) this.#kinds.delete(kept.kind);
  }
}
