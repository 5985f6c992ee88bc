import type { PeerName } from './peer.ts';
import { median } from './statistics.ts';

/** Something that is measured of each peer. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly decimals: number;
}

export const CONNECTION_COUNTS = [1, 16, 64, 256] as const;

/** All metrics, in the order of the table. */
export const METRICS: readonly Metric[] = [
  ...CONNECTION_COUNTS.map((count) => ({
    key: `get.${count}.perSecond`,
    title: `requests/s, ${count} conn.`,
    decimals: 0,
  })),
  ...CONNECTION_COUNTS.map((count) => ({
    key: `get.${count}.cpuMicros`,
    title: `CPU µs/request, ${count} conn.`,
    decimals: 0,
  })),
  { key: 'latency.p50Ms', title: 'p50 ms at 500 req/s', decimals: 2 },
  { key: 'latency.p99Ms', title: 'p99 ms at 500 req/s', decimals: 2 },
  { key: 'download.megabytesPerSecond', title: 'download MB/s', decimals: 0 },
  { key: 'download.cpuSecondsPerGib', title: 'download CPU s/GiB', decimals: 2 },
  { key: 'upload.megabytesPerSecond', title: 'upload MB/s', decimals: 0 },
  { key: 'upload.cpuSecondsPerGib', title: 'upload CPU s/GiB', decimals: 2 },
  { key: 'webSocket.residentKib', title: 'KiB per idle WebSocket', decimals: 1 },
  { key: 'webSocket.collectedKib', title: '… after a collection', decimals: 1 },
  { key: 'webSocket.heapKib', title: '… of it on heaps', decimals: 1 },
];

/** Every figure of a run, by peer, metric and round. */
export class Results {
  readonly #values = new Map<string, Map<number, number>>();

  add(peer: PeerName, key: string, round: number, value: number): void {
    const name = `${peer} ${key}`;
    const values = this.#values.get(name) ?? new Map<number, number>();
    this.#values.set(name, values.set(round, value));
  }

  at(peer: PeerName, key: string, round: number): number | undefined {
    return this.#values.get(`${peer} ${key}`)?.get(round);
  }

  rounds(peer: PeerName, key: string): readonly number[] {
    return [...(this.#values.get(`${peer} ${key}`)?.keys() ?? [])];
  }

  /** Null where it wasn't measured. */
  median(peer: PeerName, key: string): number | null {
    const values = this.#values.get(`${peer} ${key}`);
    return values === undefined ? null : median([...values.values()]);
  }

  /** The median over rounds of what `compute` makes of the round's figures; null where a figure is missing in each. */
  paired(figures: readonly (readonly [PeerName, string])[], compute: (...values: number[]) => number): number | null {
    const [first] = figures;
    if (first === undefined) return null;
    const computed = this.rounds(...first).flatMap((round) => {
      const values = figures.map(([peer, key]) => this.at(peer, key, round));
      return values.every((value) => value !== undefined) ? [compute(...values)] : [];
    });
    return computed.length === 0 ? null : median(computed);
  }

  /** Peer, then metric, then the figures in the order of rounds. */
  toJson(): Record<string, Record<string, number[]>> {
    const json: Record<string, Record<string, number[]>> = {};
    for (const [name, values] of this.#values) {
      const [peer = '', key = ''] = name.split(' ');
      (json[peer] ??= {})[key] = [...values.values()];
    }
    return json;
  }
}
