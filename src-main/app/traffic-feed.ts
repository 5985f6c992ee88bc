import type { SeenApplication, TrafficNews, TrafficStart } from '../../src-shared/connector/live-traffic.ts';
import type { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { makeTrafficMatcher, type TrafficFilter, wantsEverything } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** Bounds of what the window is told (docs/limits.md). @internal */
export const TRAFFIC_FEED_LIMITS = {
  /** Records in memory, for a window that begins to look. */
  ringRecords: 5000,
  /** Of these so many are handed over at once. */
  startRecords: 1000,
  /** Between two news; the longer the more there are, as nobody reads a list that is another each time: `intervalFor`. */
  newsIntervalMs: 100,
  maxNewsIntervalMs: 1000,
  /** Of more than these the newest are told. */
  newsRecords: 100,
  seenApplications: 2000,
  /** Open requests of which it is remembered that they were counted; a further one is told when it ends. */
  countedOpen: 20_000,
} as const;

/** A record that is built once it is told. */
interface Place {
  readonly rows: PackedRows;
  readonly row: number;
}

interface Watch {
  readonly number: number;
  /** Null where every record does. */
  readonly matches: ((record: TrafficRecord) => boolean) | null;
  /** What began before this was in the past already when the watch began. */
  readonly beginSequence: number;
  /** Open ones that matched: when they go on they are no new ones, and are told whether or not they match still. */
  readonly counted: Set<number>;
  /** Up to this the window holds none. */
  floorSequence: number;
  /** What waits to be told, by sequence. */
  readonly waiting: Map<number, Place>;
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
  #ring: PackedRows[] = [];
  #ringRecords = 0;
  /** The highest sequence that the ring has let go: up to it some are in the history alone. */
  #lostSequence = 0;
  #watch: Watch | null = null;
  #watches = 0;
  #timer: NodeJS.Timeout | null = null;
  /** What the timer was set to. */
  #intervalMs: number = TRAFFIC_FEED_LIMITS.newsIntervalMs;

  constructor(send: (news: TrafficNews) => void) {
    this.#send = send;
  }

  /** Those whose requests were seen, in the order in which they were, from a place on. */
  applicationsFrom(place: number): SeenApplication[] {
    if (place >= this.#applications.size) return [];
    return Array.from(this.#applications, ([id, name]) => ({ id, name })).slice(place);
  }

  add(rows: PackedRows): void {
    this.#ring.push(rows);
    this.#ringRecords += rows.count;
    const { ringRecords } = TRAFFIC_FEED_LIMITS;
    while (this.#ring[0] !== undefined && this.#ringRecords - this.#ring[0].count >= ringRecords)
      this.#letGo(this.#ring.shift());
    this.#noteAll(rows);
    if (this.#watch === null) return;
    take(this.#watch, rows);
    if (this.#timer === null && this.#hasNews(this.#watch)) this.#flushIn(TRAFFIC_FEED_LIMITS.newsIntervalMs);
  }

  /** The records held, in the order of their sequences. */
  snapshot(): TrafficRecord[] {
    const records = new Map<number, TrafficRecord>();
    for (const rows of this.#ring) for (const record of rows.records()) records.set(record.sequence, record);
    const all = [...records.values()].sort((one, other) => one.sequence - other.sequence);
    return all.slice(-TRAFFIC_FEED_LIMITS.ringRecords);
  }

  /** Tells from now on what matches, in place of what was told before. */
  watch(filter: TrafficFilter): TrafficStart {
    this.unwatch();
    // One that ended long after it began stands alone among what the ring has let go: where the list begins nothing may be missing.
    const held = this.snapshot().filter(({ sequence }) => sequence > this.#lostSequence);
    const matches = wantsEverything(filter) ? null : makeTrafficMatcher(filter);
    const number = (this.#watches += 1);
    this.#newApplications = [];
    const matching = matches === null ? held : held.filter(matches);
    const records = matching.slice(-TRAFFIC_FEED_LIMITS.startRecords);
    const oldest = records.length < matching.length ? records[0] : held[0];
    const oldestSequence = oldest?.sequence ?? null;
    const open = matching.filter(({ outcome }) => outcome === 'open');
    this.#watch = {
      ...makeWatch(number, matches),
      beginSequence: held[0]?.sequence ?? 0,
      counted: new Set(open.map(({ sequence }) => sequence)),
      floorSequence: (oldestSequence ?? 0) - 1,
    };
    return { watch: number, records, oldestSequence, applications: this.applicationsFrom(0) };
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
    this.#lostSequence = 0;
    this.#applications.clear();
    this.#newApplications = [];
    if (this.#watch !== null) this.#watch = makeWatch(this.#watch.number, this.#watch.matches);
  }

  #letGo(rows: PackedRows | undefined): void {
    if (rows === undefined) return;
    this.#ringRecords -= rows.count;
    for (let row = 0; row < rows.count; row += 1) this.#lostSequence = Math.max(this.#lostSequence, rows.sequence(row));
  }

  #noteAll(rows: PackedRows): void {
    let last: string | null = null;
    for (let row = 0; row < rows.count; row += 1) {
      const id = rows.applicationId(row);
      if (id === last) continue;
      last = id;
      this.#note(id, rows.applicationName(row));
    }
  }

  #note(id: string, name: string): void {
    if (this.#applications.has(id) || this.#applications.size >= TRAFFIC_FEED_LIMITS.seenApplications) return;
    this.#applications.set(id, name);
    if (this.#watch !== null) this.#newApplications.push({ id, name });
  }

  #hasNews({ waiting, newCount }: Watch): boolean {
    return waiting.size > 0 || newCount > 0 || this.#newApplications.length > 0;
  }

  #flushIn(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#timer = setTimeout(() => this.#flush(), intervalMs);
  }

  #flush(): void {
    this.#timer = null;
    const watch = this.#watch;
    // After a quiet interval the next one is told soon.
    if (watch === null || !this.#hasNews(watch)) return;
    const { number, cutSequence, newCount } = watch;
    const records = Array.from(watch.waiting.values(), ({ rows, row }) => rows.record(row));
    watch.waiting.clear();
    watch.newCount = 0;
    watch.cutSequence = 0;
    const applications = this.#newApplications;
    this.#newApplications = [];
    this.#send({ watch: number, records, newCount, isCut: cutSequence > 0, applications });
    this.#flushIn(intervalFor(newCount / this.#intervalMs));
  }
}

/** Ten times a second up to a thousand new ones in it, once a second from ten thousand on. */
function intervalFor(newPerMs: number): number {
  const { newsIntervalMs, maxNewsIntervalMs } = TRAFFIC_FEED_LIMITS;
  return Math.min(maxNewsIntervalMs, Math.max(newsIntervalMs, newPerMs * newsIntervalMs));
}

/** As it begins where nothing is held. */
function makeWatch(number: number, matches: Watch['matches']): Watch {
  const waiting = new Map<number, Place>();
  return {
    number,
    matches,
    beginSequence: 0,
    counted: new Set(),
    floorSequence: -1,
    waiting,
    newCount: 0,
    cutSequence: 0,
  };
}

function take(watch: Watch, rows: PackedRows): void {
  const { matches, counted, waiting } = watch;
  const { countedOpen, newsRecords } = TRAFFIC_FEED_LIMITS;
  for (let row = 0; row < rows.count; row += 1) {
    const sequence = rows.sequence(row);
    if (sequence < watch.beginSequence) continue;
    const isOpen = rows.outcome(row) === 'open';
    const isMatch = matches === null || matches(rows.record(row));
    const isCounted = counted.has(sequence);
    if (!isMatch && !isCounted) continue;
    if (!isCounted) {
      if (isOpen && counted.size >= countedOpen) continue;
      watch.newCount += 1;
    }
    if (isOpen) counted.add(sequence);
    else counted.delete(sequence);
    if (sequence > watch.floorSequence) waiting.set(sequence, { rows, row });
  }
  if (waiting.size <= newsRecords) return;
  // The oldest go to the history, and with them what the window holds of their time: only so has its list no gap.
  const oldestFirst = Float64Array.from(waiting.keys()).sort();
  for (const sequence of oldestFirst.subarray(0, -newsRecords)) {
    waiting.delete(sequence);
    watch.cutSequence = sequence;
  }
  watch.floorSequence = watch.cutSequence;
}
