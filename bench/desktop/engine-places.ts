import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../tunnel/statistics.ts';
import type { Start } from './desktop-app.ts';
import type { EngineWorld, LoadFigures } from './engine-world.ts';
import { startHidden } from './hidden-app.ts';

/** Where the engine runs, and what the window beside it shows. */
export const PLACES = ['headless', 'no window', 'overview', 'traffic', 'window hidden'] as const;
export type Place = (typeof PLACES)[number];

/** The median of the rounds. */
export interface PlaceFigures {
  readonly requestsPerSecond: number;
  /** Against the headless connector and the app without a window, of the same round. */
  readonly toHeadless: number;
  readonly toNoWindow: number;
  /** CPU of a request, µs: of the engine's thread with its garbage collection, and of all processes of the app. NaN where unknown. */
  readonly engineUs: number;
  readonly appUs: number;
  /** Requests in a CPU second of the engine, against the headless connector of the same round. */
  readonly engineToHeadless: number;
}

/** What V8 takes to compile what runs, in either host: until then it is that what is measured. */
const WARM_UP_SECONDS = 5;
/** What a page takes to come to rest after it was opened. */
const SETTLE_MS = 1500;
/** The engine's thread in either host, and V8's helpers, which do most of their work for it. */
const ENGINE_THREADS = ['browser/postern-connect', 'browser/V8Worker'];
const HEADLESS_THREADS = ['browser/main', 'browser/V8Worker'];

/**
 * Loads the engine in each place by turns: the headless connector first in one round and last in the next, in between one app from
 * its start in the tray on, whose window is then opened and turned from page to page. @returns each load, by round and place
 */
export async function measurePlaces(
  world: EngineWorld,
  command: Start,
  userData: string,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Record<Place, LoadFigures>[]> {
  const all: Record<Place, LoadFigures>[] = [];
  const measureHeadless = async (): Promise<LoadFigures> => {
    const headless = await world.startHeadless();
    await world.measure(WARM_UP_SECONDS, headless.pid);
    const figures = await world.measure(seconds, headless.pid);
    await headless.stop();
    return figures;
  };
  for (let round = 0; round < rounds; round += 1) {
    const before = round % 2 === 0 ? await measureHeadless() : null;
    const app = await startHidden(command, userData);
    await world.measure(WARM_UP_SECONDS, app.pid);
    const beside = async (open: () => Promise<void>): Promise<LoadFigures> => {
      await open();
      await sleep(SETTLE_MS);
      return world.measure(seconds, app.pid);
    };
    const noWindow = await beside(async () => undefined);
    const overview = await beside(() => app.showPage('Overview'));
    const traffic = await beside(() => app.showPage('Traffic'));
    const windowHidden = await beside(() => app.hideWindow());
    await app.quit();
    const headless = before ?? (await measureHeadless());
    all.push({ headless, 'no window': noWindow, overview, traffic, 'window hidden': windowHidden });
  }
  return all;
}

/** The medians over the rounds; ratios are of the two of one round. */
export function summarisePlaces(rounds: readonly Record<Place, LoadFigures>[]): Record<Place, PlaceFigures> {
  const over = (valueOf: (round: Record<Place, LoadFigures>) => number): number => median(rounds.map(valueOf));
  const figures = PLACES.map((place) => [
    place,
    {
      requestsPerSecond: over((round) => round[place].requestsPerSecond),
      toHeadless: over((round) => round[place].requestsPerSecond / round.headless.requestsPerSecond),
      toNoWindow: over((round) => round[place].requestsPerSecond / round['no window'].requestsPerSecond),
      engineUs: over((round) => engineUs(place, round[place])),
      appUs: over((round) => sum(round[place], Object.keys(round[place].threadsUs))),
      engineToHeadless: over((round) => engineUs('headless', round.headless) / engineUs(place, round[place])),
    },
  ]);
  return Object.fromEntries(figures) as Record<Place, PlaceFigures>;
}

function engineUs(place: Place, figures: LoadFigures): number {
  return sum(figures, place === 'headless' ? HEADLESS_THREADS : ENGINE_THREADS);
}

function sum({ threadsUs }: LoadFigures, threads: readonly string[]): number {
  if (Object.keys(threadsUs).length === 0) return Number.NaN;
  return threads.reduce((total, thread) => total + (threadsUs[thread] ?? 0), 0);
}
