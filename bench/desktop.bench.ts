import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { openDisplay, prepare, startApp, writeUserData } from './desktop/desktop-app.ts';
import { measurePlaces, type Place, type PlaceFigures, PLACES, summarisePlaces } from './desktop/engine-places.ts';
import { startEngineWorld } from './desktop/engine-world.ts';
import { type FloodFigures, measureFlood } from './desktop/traffic-flood.ts';
import { median } from './tunnel/statistics.ts';

/**
 * The real desktop app: how soon it shows something, what a flood of traffic does to its window, and whether its engine carries
 * as much beside a window as without one and as the headless connector does. Under Xvfb all is drawn by software. A part whose
 * number is 0 is left out.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const flags = new Command('npm run bench -- desktop')
  .description('Start, traffic page under load, memory, and the engine beside the window against headless.')
  .option('--starts <number>', 'starts of the app', Number, 5)
  .option('--rows <number>', 'rows a second', Number, 5000)
  .option('--seconds <number>', 'for so long', Number, 60)
  .option('--total <number>', 'rows after which memory is looked at', Number, 1_000_000)
  .option('--load-seconds <number>', 'length of each load', Number, 8)
  .option('--rounds <number>', 'loads in each place, by turns', Number, 3)
  .option('--json <file>', 'write the figures there, too')
  .parse(process.argv)
  .opts<{
    starts: number;
    rows: number;
    seconds: number;
    total: number;
    loadSeconds: number;
    rounds: number;
    json?: string;
  }>();

const folder = await mkdtemp(path.join(tmpdir(), 'postern-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const load = Number((loadavg()[0] ?? 0).toFixed(1));
const machine = { cpus: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, loadAverage: load };
console.log(`${machine.cpus}, load average ${load} at the start.\n`);

const closeDisplay = await openDisplay();
const command = await prepare(ROOT);
const world = await startEngineWorld(ROOT, folder);
const userData = path.join(folder, 'desktop');
writeUserData(userData, world.enrolled);

const starts: { firstPaintMs: number; usefulMs: number }[] = [];
for (let turn = 0; turn < flags.starts; turn += 1) {
  const { firstPaintMs, usefulMs, quit } = await startApp(command, userData);
  starts.push({ firstPaintMs, usefulMs });
  await quit();
}
if (flags.starts > 0) {
  console.log(
    `Start to first paint ${ms(median(starts.map(({ firstPaintMs }) => firstPaintMs)))}, to the Overview ${ms(median(starts.map(({ usefulMs }) => usefulMs)))} (median of ${flags.starts}, with the test driver attached).\n`,
  );
}

let flood: FloodFigures | null = null;
let whole: FloodFigures | null = null;
if (flags.seconds > 0) {
  const app = await startApp(command, userData);
  flood = await measureFlood(app, flags.rows, flags.seconds);
  say(flood);
  const rest = Math.max(0, flags.total - flags.rows * flags.seconds);
  const burst = flags.rows * 4;
  whole = rest === 0 ? flood : await measureFlood(app, burst, Math.ceil(rest / burst));
  if (rest > 0) say(whole);
  await app.quit();
}

const rounds = await measurePlaces(world, command, userData, { rounds: flags.rounds, seconds: flags.loadSeconds });
const places = rounds.length === 0 ? null : summarisePlaces(rounds);
if (places !== null) sayPlaces(places);
await world.stop();
closeDisplay();
if (flags.json !== undefined) {
  writeFileSync(
    flags.json,
    `${JSON.stringify({ machine, options: flags, starts, flood, whole, rounds, places }, null, 2)}\n`,
  );
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function sayPlaces(figures: Record<Place, PlaceFigures>): void {
  console.log(
    `Engine under load, median of ${flags.rounds} rounds. Load, service and backend share the processors with it.\n` +
      '                   req/s  of headless  of no window  engine, µs CPU/req  of headless  whole app, µs CPU/req',
  );
  for (const place of PLACES) {
    const { requestsPerSecond, toHeadless, toNoWindow, engineUs, engineToHeadless, appUs } = figures[place];
    const cells = [
      place.padEnd(14),
      requestsPerSecond.toFixed(0).padStart(10),
      toHeadless.toFixed(2).padStart(13),
      toNoWindow.toFixed(2).padStart(14),
      engineUs.toFixed(1).padStart(20),
      engineToHeadless.toFixed(2).padStart(13),
      appUs.toFixed(1).padStart(24),
    ];
    console.log(cells.join(''));
  }
}

function say(figures: FloodFigures): void {
  const { rowsPerSecond, seconds, windowCpu, allCpu, frames, longestFrameMs, framesOver50Ms } = figures;
  console.log(
    [
      `${rowsPerSecond} rows/s for ${seconds} s: window ${windowCpu.toFixed(0)} % of a core, the app ${allCpu.toFixed(0)} %;`,
      `${frames} frames, longest ${ms(longestFrameMs)}, ${framesOver50Ms} over 50 ms;`,
      `then ${figures.residentMib.toFixed(0)} MiB resident, heap ${figures.heapMib.toFixed(0)} MiB.\n`,
    ].join('\n  '),
  );
}
