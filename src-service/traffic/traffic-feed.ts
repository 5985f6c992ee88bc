import type { FinishedRequest } from './finished-request.ts';
import { type TrafficEvent, makeTrafficEvent } from './traffic-event.ts';
import { TRAFFIC_LIMITS } from './traffic-limits.ts';

/** An event with its place in the order of this node. */
export interface NumberedEvent {
  readonly sequence: number;
  readonly event: TrafficEvent;
  /** The event as JSON, made once for all who watch. */
  readonly text: string;
}

/** Hears of each request that is over. Must not throw. */
export type TrafficListener = (numbered: NumberedEvent) => void;

/** What somebody missed who comes back. */
export interface ResumedTraffic {
  readonly events: readonly NumberedEvent[];
  /** How many are not kept any more; null where nobody knows, as behind a restart or on another node. */
  readonly lost: number | null;
}

export interface TrafficFeedOptions {
  readonly clock: () => number;
  readonly randomId: () => string;
}

/**
 * The requests of this node as they end, for those who watch. While nobody watches, and nobody did a moment ago, a request
 * costs one comparison. The newest events are kept for those whose connection broke.
 */
export class TrafficFeed {
  readonly #clock: () => number;
  /** Tells the numbers of this run of this node from all others. */
  readonly #run: string;
  readonly #listeners = new Set<TrafficListener>();
  readonly #closers = new Set<() => void>();
  readonly #kept: NumberedEvent[] = [];
  #sequence = 0;
  /** The last number before a time in which nobody watched and nothing was kept; 0 where there was none. */
  #gapAfter = 0;
  #wantedUntilMs = 0;

  constructor({ clock, randomId }: TrafficFeedOptions) {
    this.#clock = clock;
    this.#run = randomId().slice(0, 8);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** @param onClose called when the service stops */
  listen(listener: TrafficListener, onClose: () => void): () => void {
    this.#dropStale();
    this.#listeners.add(listener);
    this.#closers.add(onClose);
    this.#wantedUntilMs = Number.POSITIVE_INFINITY;
    return () => {
      this.#closers.delete(onClose);
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#wantedUntilMs = this.#clock() + TRAFFIC_LIMITS.keptUnwatchedMs;
    };
  }

  /** The id of an event in the stream, with which its reader can come back. */
  idOf({ sequence }: Pick<NumberedEvent, 'sequence'>): string {
    return `${this.#run}-${sequence}`;
  }

  /** Where the feed stands now: an id of what came before the next event. */
  get position(): string {
    return this.idOf({ sequence: this.#sequence });
  }

  /** What came behind the event with that id. */
  since(id: string): ResumedTraffic {
    const [run, number = ''] = id.split('-');
    const last = Number(number);
    if (run !== this.#run || !Number.isSafeInteger(last) || last > this.#sequence) return { events: [], lost: null };
    const events = this.#kept.filter(({ sequence }) => sequence > last);
    return { events, lost: last <= this.#gapAfter ? null : this.#sequence - last - events.length };
  }

  /** Takes a request that is over. */
  publish(finished: FinishedRequest, nowMs: number): void {
    if (nowMs >= this.#wantedUntilMs) return;
    const event = makeTrafficEvent(finished, nowMs);
    this.#sequence += 1;
    const numbered: NumberedEvent = { sequence: this.#sequence, event, text: JSON.stringify(event) };
    this.#kept.push(numbered);
    if (this.#kept.length > TRAFFIC_LIMITS.keptEvents) this.#kept.shift();
    for (const listener of this.#listeners) listener(numbered);
  }

  /** Ends every stream. */
  close(): void {
    for (const close of this.#closers) close();
  }

  /** Nobody wanted what came since: with it, what is left from before would look whole. */
  #dropStale(): void {
    if (this.#sequence === 0 || this.#clock() < this.#wantedUntilMs) return;
    this.#gapAfter = this.#sequence;
    this.#sequence += 1;
    this.#kept.length = 0;
  }
}
