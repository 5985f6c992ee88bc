import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { openDisplay, prepare, startApp, writeUserData } from './desktop/desktop-app.ts';
import { startEngineWorld } from './desktop/engine-world.ts';
import { type FloodFigures, measureFlood } from './desktop/traffic-flood.ts';
import { median } from './tunnel/statistics.ts';

/**
 * The real desktop app: how soon it shows something, what a flood of traffic does to its window, and whether its engine carries
 * as much beside an open window as the headless connector does. Under Xvfb all is drawn by software.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const flags = new Command('npm run bench -- desktop')
  .description('Start, traffic page under load, memory, and the engine beside the window against headless.')
  .option('--starts <number>', 'starts of the app', Number, 5)
  .option('--rows <number>', 'rows a second', Number, 5000)
  .option('--seconds <number>', 'for so long', Number, 60)
  .option('--total <number>', 'rows after which memory is looked at', Number, 1_000_000)
  .option('--load-seconds <number>', 'length of each load', Number, 8)
  .option('--rounds <number>', 'loads of either, by turns', Number, 3)
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
console.log(
  `Start to first paint ${ms(median(starts.map(({ firstPaintMs }) => firstPaintMs)))}, to the Overview ${ms(median(starts.map(({ usefulMs }) => usefulMs)))} (median of ${flags.starts}, with the test driver attached).\n`,
);

const app = await startApp(command, userData);
const flood = await measureFlood(app, flags.rows, flags.seconds);
say(flood);
const rest = Math.max(0, flags.total - flags.rows * flags.seconds);
const burst = flags.rows * 4;
const whole = rest === 0 ? flood : await measureFlood(app, burst, Math.ceil(rest / burst));
if (rest > 0) say(whole);
await app.quit();

const rounds: { headless: number; desktop: number }[] = [];
for (let round = 0; round < flags.rounds; round += 1) {
  const stopHeadless = await world.startHeadless();
  const headless = await world.measure(flags.loadSeconds);
  await stopHeadless();
  const beside = await startApp(command, userData);
  const desktop = await world.measure(flags.loadSeconds);
  await beside.quit();
  rounds.push({ headless, desktop });
  console.log(
    `Round ${round + 1}: headless ${headless.toFixed(0)}, beside the window ${desktop.toFixed(0)} requests/s.`,
  );
}
const ratio = median(rounds.map(({ headless, desktop }) => desktop / headless));
console.log(`Ratio ${ratio.toFixed(2)} (median of ${flags.rounds}).`);
await world.stop();
closeDisplay();
if (flags.json !== undefined) {
  writeFileSync(
    flags.json,
    `${JSON.stringify({ machine, options: flags, starts, flood, whole, rounds, ratio }, null, 2)}\n`,
  );
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
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
