import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConnectorEngine } from '../../src-main/connector/connector-engine.ts';
import type { EngineLog } from '../../src-main/connector/engine-runtime.ts';
import { enrolDirectly } from '../helpers/enrol-directly.ts';
import { quantile } from '../helpers/quantile.ts';
import { type FaultWorld, startFaultWorld } from '../helpers/start-fault-world.ts';
import { systemRuntime } from '../helpers/this-machine.ts';

const CONNECTORS = 500;
const WINDOW_MS = 100;
/** What one window may hold of all dials. */
const MAX_SHARE = 0.25;
/** Proofs for all cost some seconds of CPU: 8 s where nothing else runs, several times that where much does. */
const ALL_BACK_WITHIN_MS = 60_000;

/** Stands for a crowd of machines: each with its own engine, tunnel and socket. */
class Crowd {
  /** When each dial began, and when each tunnel stood, ms since the epoch. */
  dials: number[] = [];
  connects: number[] = [];
  readonly #engines: ConnectorEngine[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #log: EngineLog = {
    debug: () => undefined,
    info: (_fields, event) => this.#note(event),
    warn: () => undefined,
    error: () => undefined,
  };

  async start(world: FaultWorld): Promise<void> {
    for (const identity of await enrolDirectly(world.dataFolder, world.serviceUrl, CONNECTORS)) {
      this.#engines.push(
        new ConnectorEngine(
          { identity, tunnels: 1, version: '0.0.0', machineName: 'test-machine', extraCertificates: [] },
          { runtime: systemRuntime, log: this.#log },
        ),
      );
    }
    await world.restartService();
    for (const engine of this.#engines) engine.start();
    await this.allConnected();
  }

  async allConnected(): Promise<void> {
    while (this.connects.length < CONNECTORS) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#listeners.add(resolve);
      await promise;
      this.#listeners.delete(resolve);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#engines.map(async (engine) => engine.stop({ drainMs: 0 })));
  }

  #note(event: string): void {
    if (event === 'tunnel.dialling') this.dials.push(Date.now());
    if (event !== 'tunnel.connected') return;
    this.connects.push(Date.now());
    for (const listener of this.#listeners) listener();
  }
}

let world: FaultWorld;
const crowd = new Crowd();

beforeAll(async () => {
  world = await startFaultWorld();
  world.service.signal('SIGKILL');
  await crowd.start(world);
}, 120_000);

afterAll(async () => {
  await crowd.stop();
  await world.close();
});

/** How many of `times` lie in each window from `fromMs` on. */
function histogram(times: readonly number[], fromMs: number): number[] {
  const counts: number[] = [];
  for (const time of times) {
    const window = Math.floor((time - fromMs) / WINDOW_MS);
    if (window >= 0) counts[window] = (counts[window] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

test(
  'B65 500 connectors come back to a service that starts again, and not all at once',
  { timeout: 120_000 },
  async () => {
    crowd.dials = [];
    crowd.connects = [];
    world.service.signal('SIGKILL');
    const { atMs: readyAtMs } = await world.restartService();
    await crowd.allConnected();
    const dials = histogram(crowd.dials, readyAtMs);
    const delaysMs = crowd.connects.map((time) => time - readyAtMs);
    const largest = Math.max(...dials);
    console.log(
      [
        `${CONNECTORS} connectors after a restart: half back after ${quantile(delaysMs, 0.5)} ms, 95 % after`,
        `${quantile(delaysMs, 0.95)} ms, all after ${Math.max(...delaysMs)} ms;`,
        `at most ${largest} dials in ${WINDOW_MS} ms. Dials for each ${WINDOW_MS} ms: ${dials.join(' ')}`,
      ].join(' '),
    );
    expect(Math.max(...delaysMs)).toBeLessThan(ALL_BACK_WITHIN_MS);
    expect(largest).toBeLessThan(CONNECTORS * MAX_SHARE);
  },
);
