import { Readable } from 'node:stream';
import type { NumberedEvent, ResumedTraffic, TrafficFeed } from './traffic-feed.ts';
import { type TrafficFilter, fitsTrafficFilter } from './traffic-filter.ts';
import { TRAFFIC_LIMITS } from './traffic-limits.ts';

const SECOND_MS = 1000;
const HEARTBEAT_MS = 15_000;

/** Why events were left out. `lost`: they came while the reader was away, and are not kept any more. */
export const LEFT_OUT_REASONS = ['sampled', 'rate', 'slow', 'lost'] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export interface TrafficWatcherOptions {
  readonly feed: TrafficFeed;
  readonly filter: TrafficFilter;
  /** The share of what fits that is sent, above 0 to 1. */
  readonly sample: number;
  readonly eventsPerSecond: number;
  /** The id of the last event that the reader has. */
  readonly lastEventId: string | null;
  /** How long it may go on, ms. */
  readonly lifetimeMs: number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onLeftOut: (reason: LeftOutReason, count: number) => void;
}

/**
 * Server-sent events of the traffic for one reader (WHATWG HTML, section 9.2). One who reads slowly has a bounded queue of
 * its own; what does not fit is counted, and the next word tells how much it was.
 */
export class TrafficWatcher extends Readable {
  readonly #options: TrafficWatcherOptions;
  readonly #timers: NodeJS.Timeout[];
  readonly #stop: () => void;
  readonly #waiting: string[] = [];
  readonly #leftOut = new Map<LeftOutReason, number>();
  #isWanted = false;
  #isQuiet = false;
  #allowance: number;
  #isLossUnknown = false;

  constructor(options: TrafficWatcherOptions) {
    super({ highWaterMark: 65_536 });
    const { feed, lastEventId, lifetimeMs, eventsPerSecond } = options;
    this.#options = options;
    this.#allowance = eventsPerSecond;
    this.#stop = feed.listen(
      (numbered) => this.#take(numbered),
      () => this.#end('stopping'),
    );
    const resumed = lastEventId === null ? null : feed.since(lastEventId);
    // Where all is known that the reader missed, the ids of that lead it on.
    const id = resumed?.lost === null || resumed === null ? `id: ${feed.position}\n` : '';
    this.#say(`${id}event: begin\ndata: {}\n\n`);
    if (resumed !== null) this.#resume(resumed);
    this.#timers = [
      setInterval(() => this.#renew(), SECOND_MS).unref(),
      setInterval(() => this.#beat(), HEARTBEAT_MS).unref(),
      setTimeout(() => this.#end('expired'), lifetimeMs).unref(),
    ];
  }

  override _read(): void {
    this.#isWanted = true;
    this.#flush();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#leave();
    done(error);
  }

  #resume({ events, lost }: ResumedTraffic): void {
    if (lost === null) this.#isLossUnknown = true;
    else if (lost > 0) this.#leaveOut('lost', lost);
    this.#tellLeftOut();
    // All at once, however many: their texts are in memory already.
    for (const numbered of events) if (fitsTrafficFilter(this.#options.filter, numbered.event)) this.#send(numbered);
  }

  #take(numbered: NumberedEvent): void {
    const { filter, sample, random } = this.#options;
    if (!fitsTrafficFilter(filter, numbered.event)) return;
    if (sample < 1 && random() >= sample) return this.#leaveOut('sampled');
    if (this.#allowance < 1) return this.#leaveOut('rate');
    if (this.#waiting.length >= TRAFFIC_LIMITS.maxWaitingEvents) return this.#leaveOut('slow');
    this.#allowance -= 1;
    this.#send(numbered);
  }

  #send(numbered: NumberedEvent): void {
    this.#say(`id: ${this.#options.feed.idOf(numbered)}\nevent: request\ndata: ${numbered.text}\n\n`);
  }

  #leaveOut(reason: LeftOutReason, count = 1): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + count);
    this.#options.onLeftOut(reason, count);
  }

  #renew(): void {
    this.#allowance = this.#options.eventsPerSecond;
    this.#tellLeftOut();
  }

  /** Says how many were left out, where a slow reader has room to hear it. */
  #tellLeftOut(): void {
    if (this.#leftOut.size === 0 && !this.#isLossUnknown) return;
    if (this.#waiting.length >= TRAFFIC_LIMITS.maxWaitingEvents) return;
    // Null: somebody comes back from another node or from before a restart, and nobody knows what was in between.
    const counts = { ...Object.fromEntries(this.#leftOut), ...(this.#isLossUnknown && { lost: null }) };
    this.#leftOut.clear();
    this.#isLossUnknown = false;
    this.#say(`event: leftOut\ndata: ${JSON.stringify(counts)}\n\n`);
  }

  #beat(): void {
    if (this.#isQuiet && this.#waiting.length === 0) this.#say(': still here\n\n');
    this.#isQuiet = true;
  }

  #end(reason: 'expired' | 'stopping'): void {
    this.#leave();
    this.#say(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
    this.#waiting.push('');
    this.#flush();
  }

  #leave(): void {
    this.#stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #say(text: string): void {
    this.#isQuiet = false;
    this.#waiting.push(text);
    this.#flush();
  }

  /** An empty text stands for the end. */
  #flush(): void {
    while (this.#isWanted) {
      const text = this.#waiting.shift();
      if (text === undefined) return;
      this.#isWanted = this.push(text === '' ? null : text) && text !== '';
    }
  }
}
