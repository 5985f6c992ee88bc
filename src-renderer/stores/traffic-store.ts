import { create } from 'zustand';
import type { SeenApplication, TrafficNews, TrafficStart } from '../../src-shared/connector/live-traffic.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** Records of the present that the window keeps; the oldest go first, so many at once (docs/limits.md). */
const MAX_RECORDS = 20_000;
const TRIM_RECORDS = 2000;

/**
 * The records themselves live outside React: news change this list in place and raise `version` once per frame, so that a burst
 * costs one render.
 */
let records: TrafficRecord[] = [];
let indexBySequence = new Map<number, number>();
let droppedCount = 0;
/** All that match are held from this sequence on; what is older is in the history. Null as long as none is held. */
let oldestSequence: number | null = null;
/** Up to this sequence a person wanted to see nothing more. */
let clearedSequence = 0;
let highestSequence = 0;
let watch = 0;
let generation = 0;
let passedCount = 0;
/** Told for a watch whose beginning has not come yet. */
let earlyNews: TrafficNews[] = [];
let isFrameAsked = false;

interface TrafficStore {
  /** Rises with each change of the records. */
  readonly version: number;
  /** Rises where what is held begins later than before: what was read of the past ends too early from then on. */
  readonly generation: number;
  /** Rises with each watch that begins. */
  readonly watch: number;
  /** New ones that matched so far, those left out included. */
  readonly passedCount: number;
  /** All whose requests were seen, by name. */
  readonly applications: readonly SeenApplication[];
}

export const useTrafficStore = create<TrafficStore>(() => ({
  version: 0,
  generation: 0,
  watch: 0,
  passedCount: 0,
  applications: [],
}));

/** The records held, oldest first. The array is reused: read it again after each `version`. */
export function trafficRecords(): readonly TrafficRecord[] {
  return records;
}

/** Of the records held; 0 where none is. */
export function newestSequence(): number {
  return records.at(-1)?.sequence ?? 0;
}

/** Before which sequence the past begins that is not held; null for the newest. */
export function pastBegin(): number | null {
  return oldestSequence ?? records[0]?.sequence ?? null;
}

/** Takes what a list begins with. */
export function startTraffic(start: TrafficStart): void {
  if (start.watch < watch) return;
  ({ watch } = start);
  hold(start.records.filter(({ sequence }) => sequence > clearedSequence));
  const { oldestSequence: oldest } = start;
  oldestSequence = clearedSequence === 0 ? oldest : Math.max(oldest ?? 0, clearedSequence + 1);
  noteApplications(start.applications);
  generation += 1;
  announce();
  const news = earlyNews;
  earlyNews = [];
  for (const each of news) addTraffic(each);
}

export function addTraffic(news: TrafficNews): void {
  if (news.watch < watch) return;
  if (news.watch > watch) {
    earlyNews.push(news);
    return;
  }
  if (news.isCut && news.records.length > 0) {
    const oldest = Math.min(...news.records.map(({ sequence }) => sequence));
    hold(records.filter(({ sequence }) => sequence >= oldest));
    oldestSequence = Math.max(oldest, clearedSequence + 1);
  }
  let isInOrder = true;
  for (const record of news.records) {
    const position = indexBySequence.get(record.sequence);
    if (position !== undefined) {
      records[position - droppedCount] = record;
    } else if (record.sequence >= (oldestSequence ?? 0)) {
      isInOrder &&= record.sequence > (records.at(-1)?.sequence ?? 0);
      indexBySequence.set(record.sequence, droppedCount + records.length);
      records.push(record);
      highestSequence = Math.max(highestSequence, record.sequence);
    }
  }
  if (!isInOrder) putInOrder();
  const isTrimmed = trim();
  if (news.isCut || isTrimmed) generation += 1;
  passedCount += news.newCount;
  noteApplications(news.applications);
  announce();
}

/** Applications that can be filtered by. */
export function noteApplications(seen: readonly SeenApplication[]): void {
  const { applications } = useTrafficStore.getState();
  const names = new Map(applications.map(({ id, name }) => [id, name]));
  const before = names.size;
  for (const { id, name } of seen) if (!names.has(id)) names.set(id, name);
  if (names.size === before) return;
  const all = Array.from(names, ([id, name]) => ({ id, name }));
  useTrafficStore.setState({ applications: all.sort((one, other) => one.name.localeCompare(other.name)) });
}

export function clearTraffic(): void {
  clearedSequence = Math.max(clearedSequence, highestSequence);
  oldestSequence = clearedSequence + 1;
  hold([]);
  announce();
}

function hold(held: TrafficRecord[]): void {
  records = held;
  droppedCount = 0;
  indexBySequence = new Map(held.map(({ sequence }, index) => [sequence, index]));
  highestSequence = Math.max(highestSequence, held.at(-1)?.sequence ?? 0);
}

/** One that did not match at first may come after those that began later. */
function putInOrder(): void {
  records.sort((one, other) => one.sequence - other.sequence);
  indexBySequence = new Map(records.map(({ sequence }, index) => [sequence, droppedCount + index]));
}

/** @returns whether some had to go */
function trim(): boolean {
  if (records.length < MAX_RECORDS + TRIM_RECORDS) return false;
  const excess = records.length - MAX_RECORDS;
  for (const { sequence } of records.splice(0, excess)) indexBySequence.delete(sequence);
  droppedCount += excess;
  oldestSequence = records[0]?.sequence ?? oldestSequence;
  return true;
}

function announce(): void {
  if (isFrameAsked) return;
  isFrameAsked = true;
  requestAnimationFrame(() => {
    isFrameAsked = false;
    useTrafficStore.setState((store) => ({ version: store.version + 1, generation, watch, passedCount }));
  });
}
