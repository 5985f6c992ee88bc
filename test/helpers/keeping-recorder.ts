import type { ConnectorEngine } from '../../src-main/connector/connector-engine.ts';
import {
  DEFAULT_TRAFFIC_RECORDER_LIMITS,
  type TrafficEntry,
  TrafficRecorder,
  type TrafficSeed,
} from '../../src-main/connector/traffic-recorder.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { systemRuntime } from './this-machine.ts';

/** Keeps what it gave out, so that a test can look at any time. */
export class KeepingRecorder extends TrafficRecorder {
  readonly #entries: TrafficEntry[] = [];

  constructor() {
    super(DEFAULT_TRAFFIC_RECORDER_LIMITS, systemRuntime);
  }

  override begin(seed: TrafficSeed): TrafficEntry {
    const entry = super.begin(seed);
    this.#entries.push(entry);
    return entry;
  }

  /** All requests as they stand, oldest first. */
  recent(): TrafficRecord[] {
    return this.#entries.map((entry) => entry.snapshot());
  }
}

const recorders = new WeakMap<ConnectorEngine, KeepingRecorder>();

/** Takes note of who records for an engine. */
export function keepTraffic(engine: ConnectorEngine, recorder: KeepingRecorder): void {
  recorders.set(engine, recorder);
}

/** The requests of an engine that `startEngine` started, as they stand, oldest first. */
export function recentTraffic(engine: ConnectorEngine): TrafficRecord[] {
  const recorder = recorders.get(engine);
  if (recorder === undefined) throw new Error('Nobody keeps the traffic of this engine.');
  return recorder.recent();
}
