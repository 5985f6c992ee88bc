import { create } from 'zustand';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** Records that the window keeps; the oldest go first (docs/limits.md). */
const MAX_RECORDS = 20_000;

/**
 * The records themselves live outside React: a batch changes this list in place and raises `version` once per frame, so
 * that a burst costs one render.
 */
let records: TrafficRecord[] = [];
let indexBySequence = new Map<number, number>();
let droppedCount = 0;
let isFrameAsked = false;

interface TrafficStore {
  /** Rises with each change of the records. */
  readonly version: number;
}

export const useTrafficStore = create<TrafficStore>(() => ({ version: 0 }));

/** The records held, oldest first. The array is reused: read it again after each `version`. */
export function trafficRecords(): readonly TrafficRecord[] {
  return records;
}

export function addTraffic(batch: readonly TrafficRecord[]): void {
  for (const record of batch) {
    const position = indexBySequence.get(record.sequence);
    if (position === undefined || position < droppedCount) {
      indexBySequence.set(record.sequence, droppedCount + records.length);
      records.push(record);
    } else {
      records[position - droppedCount] = record;
    }
  }
  trim();
  announce();
}

export function clearTraffic(): void {
  records = [];
  indexBySequence = new Map();
  droppedCount = 0;
  announce();
}

function trim(): void {
  const excess = records.length - MAX_RECORDS;
  if (excess <= 0) return;
  for (const record of records.splice(0, excess)) indexBySequence.delete(record.sequence);
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
