import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import type { PackedTraffic } from '../../src-shared/connector/packed-traffic.ts';
import type { HealthMonitor } from './health/health-monitor.ts';
import type { LastFailures } from './last-failures.ts';
import type { LiveFigures } from './live-figures.ts';
import { OpenRequests } from './open-requests.ts';
import type { TrafficFeed } from './traffic-feed.ts';
import type { TrafficHistory } from './traffic-history/traffic-history.ts';

/** All that look at the requests. */
export interface TrafficReaders {
  readonly history: TrafficHistory;
  readonly feed: TrafficFeed;
  readonly liveFigures: LiveFigures;
  readonly lastFailures: LastFailures;
  readonly health: HealthMonitor;
}

/** Gives what the engine tells to all that look at it, and in the engine's place the end of what it left open. */
export class TrafficIntake {
  readonly #readers: TrafficReaders;
  readonly #open = new OpenRequests();

  constructor(readers: TrafficReaders) {
    this.#readers = readers;
  }

  add(batch: PackedTraffic): void {
    const { history, feed, liveFigures, lastFailures, health } = this.#readers;
    const rows = new PackedRows(batch);
    this.#open.add(rows);
    history.add(batch);
    feed.add(rows);
    liveFigures.add(rows);
    lastFailures.add(rows);
    health.addTraffic(rows);
  }

  /** Forgets all but the history: what comes next is another engine's. */
  clear(): void {
    const { feed, liveFigures, lastFailures } = this.#readers;
    this.#open.clear();
    feed.clear();
    liveFigures.clear();
    lastFailures.clear();
  }

  /** The engine is gone. */
  endOpen(nowMs: number): void {
    const ended = this.#open.end(nowMs);
    if (ended !== null) this.add(ended);
  }
}
