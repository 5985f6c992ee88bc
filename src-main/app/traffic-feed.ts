import type { SeenApplication, TrafficNews, TrafficStart } from '../../src-shared/connector/live-traffic.ts';
import { type PackedTraffic, unpackTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { makeTrafficMatcher, type TrafficFilter } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** Bounds of what the window is told (docs/limits.md). @internal */
export const TRAFFIC_FEED_LIMITS = {
  /** Records in memory, for a window that begins to look. */
  ringRecords: 5000,
  /** Of these so many are handed over at once. */
  startRecords: 1000,
  newsIntervalMs: 100,
  /** Of more than these the newest are told, and less often: nobody reads a list that is another each time. */
  newsRecords: 100,
  floodIntervalMs: 250,
  seenApplications: 2000,
} as const;

interface Watch {
  readonly number: number;
  readonly matches: (record: TrafficRecord) => boolean;
  /** The highest that was looked at. */
  highestSequence: number;
  /** What waits to be told, by sequence. */
  readonly waiting: Map<number, TrafficRecord>;
  newCount: number;
  /** The highest that was left out; 0 for none. */
  cutSequence: number;
}

/**
 * Holds the newest traffic, and tells a window that looks at it what is new: at most so much as can be seen. Nobody pays for a
 * window that looks at something else. A record that comes again with the same sequence takes the place of the earlier one.
 */
export class TrafficFeed {
  readonly #send: (news: TrafficNews) => void;
  readonly #applications = new Map<string, string>();
  #newApplications: SeenApplication[] = [];
  #ring: PackedTraffic[] = [];
  #ringRecords = 0;
  #watch: Watch | null = null;
  #watches = 0;
  #timer: NodeJS.Timeout | null = null;
  #isFlood = false;

  constructor(send: (news: TrafficNews) => void) {
    this.#send = send;
  }

  /** Those whose requests were seen. */
  get applications(): SeenApplication[] {
    return Array.from(this.#applications, ([id, name]) => ({ id, name }));
  }

  /** @param records those of `batch` */
  add(batch: PackedTraffic, records: readonly TrafficRecord[]): void {
    this.#ring.push(batch);
    this.#ringRecords += batch.count;
    const { ringRecords } = TRAFFIC_FEED_LIMITS;
    while (this.#ring[0] !== undefined && this.#ringRecords - this.#ring[0].count >= ringRecords)
      this.#ringRecords -= this.#ring.shift()?.count ?? 0;
    for (const { applicationId, applicationName } of records) this.#note(applicationId, applicationName);
    if (this.#watch === null) return;
    take(this.#watch, records);
    const isNews = this.#watch.waiting.size > 0 || this.#newApplications.length > 0;
    const { newsIntervalMs, floodIntervalMs } = TRAFFIC_FEED_LIMITS;
    if (isNews) this.#timer ??= setTimeout(() => this.#flush(), this.#isFlood ? floodIntervalMs : newsIntervalMs);
  }

  /** The records held, in the order of their sequences. */
  snapshot(): TrafficRecord[] {
    const records = new Map<number, TrafficRecord>();
    for (const batch of this.#ring) for (const record of unpackTraffic(batch)) records.set(record.sequence, record);
    const all = [...records.values()].sort((one, other) => one.sequence - other.sequence);
    return all.slice(-TRAFFIC_FEED_LIMITS.ringRecords);
  }

  /** Tells from now on what matches, in place of what was told before. */
  watch(filter: TrafficFilter): TrafficStart {
    this.unwatch();
    const held = this.snapshot();
    const matches = makeTrafficMatcher(filter);
    const highestSequence = held.at(-1)?.sequence ?? 0;
    const number = (this.#watches += 1);
    this.#watch = { number, matches, highestSequence, waiting: new Map(), newCount: 0, cutSequence: 0 };
    this.#newApplications = [];
    const matching = held.filter(matches);
    const records = matching.slice(-TRAFFIC_FEED_LIMITS.startRecords);
    const oldest = records.length < matching.length ? records[0] : held[0];
    return { watch: number, records, oldestSequence: oldest?.sequence ?? null, applications: this.applications };
  }

  /** Tells nothing more. */
  unwatch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#watch = null;
  }

  /** Forgets everything: sequences of another engine begin anew. */
  clear(): void {
    this.#ring = [];
    this.#ringRecords = 0;
    this.#applications.clear();
    this.#newApplications = [];
    this.#watch?.waiting.clear();
  }

  #note(id: string, name: string): void {
    if (this.#applications.has(id) || this.#applications.size >= TRAFFIC_FEED_LIMITS.seenApplications) return;
    this.#applications.set(id, name);
    if (this.#watch !== null) this.#newApplications.push({ id, name });
  }

  #flush(): void {
    this.#timer = null;
    const watch = this.#watch;
    if (watch === null) return;
    const { number, cutSequence, newCount } = watch;
    // What was told before and is not newer than what was left out has gone to the history with that.
    const records = [...watch.waiting.values()].filter(({ sequence }) => sequence > cutSequence);
    this.#isFlood = cutSequence > 0;
    watch.waiting.clear();
    watch.newCount = 0;
    watch.cutSequence = 0;
    const applications = this.#newApplications;
    this.#newApplications = [];
    this.#send({ watch: number, records, newCount, isCut: cutSequence > 0, applications });
  }
}

function take(watch: Watch, records: readonly TrafficRecord[]): void {
  const { matches, waiting } = watch;
  for (const record of records) {
    if (record.sequence > watch.highestSequence) {
      watch.highestSequence = record.sequence;
      if (!matches(record)) continue;
      watch.newCount += 1;
    }
    waiting.set(record.sequence, record);
  }
  for (const sequence of waiting.keys()) {
    if (waiting.size <= TRAFFIC_FEED_LIMITS.newsRecords) break;
    waiting.delete(sequence);
    watch.cutSequence = Math.max(watch.cutSequence, sequence);
  }
}
