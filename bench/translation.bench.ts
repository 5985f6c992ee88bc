import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { BodyTranslation } from '../src-main/connector/translation/body/body-translation.ts';
import { makePageSite } from '../src-main/connector/translation/body/page-site.ts';
import type { BodyKind } from '../src-main/connector/translation/body/translated-head.ts';
import { UrlMap } from '../src-main/connector/translation/url-map.ts';
import { type BodyName, makeBody } from './translation/bodies.ts';
import { type Load, measureLoad } from './translation/load.ts';
import { startTranslationWorld, type TranslationWorld, type Way } from './translation/world.ts';
import { median } from './tunnel/statistics.ts';

/**
 * What the translation of bodies costs: alone, on one thread, and through service and connector against the same backend
 * with no translation, in interleaved rounds. MB are of the body before it is encoded. Compare figures of one run only.
 */
const KINDS: readonly (readonly [title: string, body: BodyName, kind: BodyKind, isInScripts: boolean])[] = [
  ['page, links translated', 'links', 'html', false],
  ['page, nothing to translate', 'no-links', 'html', false],
  ['page, scripts as well', 'links', 'html', true],
  ['style sheet', 'css', 'css', false],
  ['JSON', 'json', 'script', true],
];
const CASES: readonly (readonly [title: string, body: BodyName, coding: string, way: Way])[] = [
  ['page, links translated', 'links', 'identity', 'links'],
  ['page, nothing to translate', 'no-links', 'identity', 'links'],
  ['style sheet', 'css', 'identity', 'links'],
  ['JSON', 'json', 'identity', 'scripts'],
  ['text, which is left alone', 'text', 'identity', 'links'],
  ['page, gzip', 'links', 'gzip', 'links'],
  ['page, br', 'links', 'br', 'links'],
  ['page, zstd', 'links', 'zstd', 'links'],
];
const ROOT = 'http://localhost:8080/';
/** Compilers take their time on a connector that was just started. */
const WARM_UP_TURNS = 4;
const PIECE_BYTES = 65_536;

const flags = new Command('npm run bench -- translation')
  .option('--rounds <number>', 'rounds; medians are of so many', Number, 5)
  .option('--seconds <number>', 'length of each load', Number, 1)
  .parse(process.argv)
  .opts<{ rounds: number; seconds: number }>();
const folder = await mkdtemp(path.join(tmpdir(), 'postern-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const loadAverage = (loadavg()[0] ?? 0).toFixed(1);
console.log(
  `Medians of ${flags.rounds} interleaved rounds, ${flags.seconds} s each. Node ${process.versions.node}, ` +
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load average ${loadAverage} at the start.\n`,
);
reportAlone();
const world = await startTranslationWorld(folder);
try {
  await reportThrough(world);
} finally {
  await world.stop();
}

/** The rewriter with nothing around it, by CPU time of this thread; and a loop that looks at each octet once, for comparison. */
function reportAlone(): void {
  const figures = new Map<string, number[]>();
  for (let round = 0; round < flags.rounds; round += 1) {
    for (const [title, name, kind, isInScripts] of KINDS) {
      const body = Buffer.from(makeBody(name, ROOT));
      add(
        figures,
        title,
        speedOf(body, () => translate(body, kind, isInScripts)),
      );
    }
    const body = Buffer.from(makeBody('links', ROOT));
    add(
      figures,
      'a look at each octet',
      speedOf(body, () => count(body)),
    );
  }
  console.log(row('Alone, one thread', ['MB/s']));
  for (const [title, values] of figures) console.log(row(title, [median(values).toFixed(0)]));
}

function translate(body: Buffer, kind: BodyKind, isInScripts: boolean): number {
  const own = { internalUrl: ROOT, externalUrl: 'https://app.example.com/' };
  const translation = new BodyTranslation({ site: makePageSite(own, new UrlMap([own])), isInScripts });
  const rewriter = translation.makeRewriter(kind, 'utf-8');
  let bytes = 0;
  for (let at = 0; at < body.length; at += PIECE_BYTES)
    bytes += rewriter.push(body.subarray(at, at + PIECE_BYTES)).length;
  return bytes + rewriter.end().length;
}

function count(body: Buffer): number {
  let found = 0;
  for (let index = 0; index < body.length; index += 1) if (body[index] === 0x3c) found += 1;
  return found;
}

function speedOf(body: Buffer, run: () => number): number {
  const before = process.threadCpuUsage();
  let runs = 0;
  for (const deadlineMs = performance.now() + flags.seconds * 1000; performance.now() < deadlineMs; runs += 1) run();
  const { user, system } = process.threadCpuUsage(before);
  return (body.length * runs) / (user + system);
}

async function reportThrough({ targets, pids }: TranslationWorld): Promise<void> {
  const figures = new Map<string, number[]>();
  const take = async (title: string, name: BodyName, coding: string, way: Way): Promise<Load> => {
    const bodyBytes = makeBody(name, ROOT).length;
    const options = { coding, bodyBytes, seconds: flags.seconds, connectorPid: pids[1] };
    const load = await measureLoad(targets[way], `/${coding}/${name}`, options);
    add(figures, `${title} ${way} speed`, load.megabytesPerSecond);
    add(figures, `${title} ${way} cpu`, load.connectorSecondsPerGib);
    return load;
  };
  // Everything is warm before it counts.
  for (const [title, name, coding, way] of CASES) {
    for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) await take(title, name, coding, way);
    await take(title, name, coding, 'as it is');
  }
  figures.clear();
  for (let round = 0; round < flags.rounds; round += 1) {
    for (const [title, name, coding, way] of CASES) {
      // Every other round goes the other way, so that neither always comes after the other.
      const ways = round % 2 === 0 ? (['as it is', way] as const) : ([way, 'as it is'] as const);
      const loads = new Map<Way, Load>();
      for (const each of ways) loads.set(each, await take(title, name, coding, each));
      const ratio = (loads.get(way)?.megabytesPerSecond ?? NaN) / (loads.get('as it is')?.megabytesPerSecond ?? NaN);
      add(figures, `${title} ratio`, ratio);
    }
  }
  console.log(`\n${row('Through Postern', ['MB/s', 'as it is', 'ratio', 'CPU s/GiB', 'as it is'])}`);
  const show = (key: string, decimals: number): string => median(figures.get(key) ?? []).toFixed(decimals);
  for (const [title, , , way] of CASES) {
    const cells = [
      show(`${title} ${way} speed`, 0),
      show(`${title} as it is speed`, 0),
      show(`${title} ratio`, 2),
      show(`${title} ${way} cpu`, 1),
      show(`${title} as it is cpu`, 1),
    ];
    console.log(row(title, cells));
  }
  console.log('\nCPU is that of the connector. The ratio is the median of the paired rounds.');
}

function add(figures: Map<string, number[]>, key: string, value: number): void {
  const values = figures.get(key) ?? [];
  values.push(value);
  figures.set(key, values);
}

function row(title: string, cells: readonly string[]): string {
  return title.padEnd(30) + cells.map((cell) => cell.padStart(11)).join('');
}
