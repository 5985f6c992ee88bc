import { create } from 'zustand';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { LiveFigures } from './live-figures.ts';

/** Records that the window keeps; the oldest go first (docs/limits.md). */
const MAX_RECORDS = 20_000;

/**
 * The records themselves live outside React: a batch changes this list in place and raises `version` once per frame, so
 * that a burst costs one render.
 */
let records: TrafficRecord[] = [];
let indexBySequence = new Map<number, number>();
let droppedCount = 0;
/** Up to this sequence no record comes back: it was cleared, or had to go. */
let forgottenSequence = 0;
let isFrameAsked = false;
/** Counts all that passes, held or not: in a burst the list forgets within seconds. */
export const liveFigures = new LiveFigures();

export interface SeenApplication {
  readonly id: string;
  readonly name: string;
}

interface TrafficStore {
  /** Rises with each change of the records. */
  readonly version: number;
  /** All whose requests were seen, by name. */
  readonly applications: readonly SeenApplication[];
}

export const useTrafficStore = create<TrafficStore>(() => ({ version: 0, applications: [] }));

/** The records held, oldest first. The array is reused: read it again after each `version`. */
export function trafficRecords(): readonly TrafficRecord[] {
  return records;
}

export function addTraffic(batch: readonly TrafficRecord[]): void {
  let isInOrder = true;
  for (const record of batch) {
    const position = indexBySequence.get(record.sequence);
    const known = position === undefined ? undefined : records[position - droppedCount];
    // The end of a request is told once, and once more at most: at the start of a window.
    if (record.outcome !== 'open' && (known === undefined || known.outcome === 'open')) liveFigures.count(record);
    if (position !== undefined) {
      records[position - droppedCount] = record;
    } else if (record.sequence > forgottenSequence) {
      isInOrder &&= record.sequence > (records.at(-1)?.sequence ?? 0);
      indexBySequence.set(record.sequence, droppedCount + records.length);
      records.push(record);
    }
  }
  if (!isInOrder) putInOrder();
  trim();
  noteApplications(batch);
  announce();
}

/** Applications that can be filtered by. */
export function noteApplications(seen: readonly TrafficRecord[]): void {
  const { applications } = useTrafficStore.getState();
  const names = new Map(applications.map(({ id, name }) => [id, name]));
  const before = names.size;
  for (const { applicationId, applicationName } of seen) {
    if (!names.has(applicationId)) names.set(applicationId, applicationName);
  }
  if (names.size === before) return;
  const all = Array.from(names, ([id, name]) => ({ id, name }));
  useTrafficStore.setState({ applications: all.sort((one, other) => one.name.localeCompare(other.name)) });
}

export function clearTraffic(): void {
  forgottenSequence = records.at(-1)?.sequence ?? forgottenSequence;
  records = [];
  indexBySequence = new Map();
  droppedCount = 0;
  announce();
}

/** What the main process held came after what it told: once, at the start of a window. */
function putInOrder(): void {
  records.sort((one, other) => one.sequence - other.sequence);
  indexBySequence = new Map(records.map(({ sequence }, index) => [sequence, droppedCount + index]));
}

function trim(): void {
  const excess = records.length - MAX_RECORDS;
  if (excess <= 0) return;
  for (const { sequence } of records.splice(0, excess)) {
    indexBySequence.delete(sequence);
    forgottenSequence = Math.max(forgottenSequence, sequence);
  }
  droppedCount += excess;
}

function announce(): void {
  if (isFrameAsked) return;
  isFrameAsked = true;
  requestAnimationFrame(() => {
    isFrameAsked = false;
    useTrafficStore.setState((store) => ({ version: store.version + 1 }));
  });
}
