import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { type LoadFigures, type MakeRequest, measureLoad } from './api/load.ts';
import { type LookUpFigures, measureLookUps } from './api/look-ups.ts';
import { startBenchPostgres } from './api/postgres.ts';
import { type ApiWorld, startApiWorld } from './api/world.ts';

/**
 * The admin API of a real service process on both stores, with a real token, and what a request's look-ups cost as
 * applications become many. Both stores are durable. Compare figures of one run only.
 */
const STORES = ['SQLite', 'PostgreSQL'] as const;
const LOOK_UP_SIZES = [10, 100, 1000, 10_000];
const PAGE = 100;

interface ApiFigures extends LoadFigures {
  readonly store: (typeof STORES)[number];
  readonly what: string;
}

const flags = new Command('npm run bench -- api')
  .description(
    'Reads and writes a second of the admin API on both stores; ns of look-ups from 10 to 10,000 applications.',
  )
  .option('--seconds <number>', 'length of each load', Number, 3)
  .option('--connections <number>', 'requests at once', Number, 16)
  .option('--applications <number>', 'applications that are there', Number, 100)
  .option('--look-ups', 'only the look-ups')
  .option('--no-look-ups', 'only the admin API')
  .option('--json <file>', 'write the figures there, too; - for standard output alone')
  .parse(process.argv)
  .opts<{ seconds: number; connections: number; applications: number; lookUps?: boolean; json?: string }>();
const say = flags.json === '-' ? (): void => undefined : console.log;
const folder = await mkdtemp(path.join(tmpdir(), 'postern-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const machine = {
  node: process.versions.node,
  cpus: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  loadAverage: Number((loadavg()[0] ?? 0).toFixed(1)),
};
say(`Node ${machine.node}, ${machine.cpus}, load average ${machine.loadAverage} at the start.\n`);

const api: ApiFigures[] = [];
if (flags.lookUps !== true) for (const store of STORES) api.push(...(await measureStore(store)));
if (api.length > 0) say(`${describeApi(api)}\n`);
const lookUps: LookUpFigures[] = [];
if (flags.lookUps !== false) for (const size of LOOK_UP_SIZES) lookUps.push(await measureLookUps(size, folder));
if (lookUps.length > 0) say(describeLookUps(lookUps));
const json = JSON.stringify({ machine, options: flags, api, lookUps }, null, 2);
if (flags.json === '-') console.log(json);
else if (flags.json !== undefined) writeFileSync(flags.json, `${json}\n`);

async function measureStore(store: ApiFigures['store']): Promise<ApiFigures[]> {
  const own = path.join(folder, store);
  const postgres = store === 'SQLite' ? null : await startBenchPostgres();
  try {
    const world = await startApiWorld(own, postgres?.environment ?? {});
    try {
      return await measureApi(world, store);
    } finally {
      await world.stop();
    }
  } finally {
    await postgres?.stop();
  }
}

async function measureApi(world: ApiWorld, store: ApiFigures['store']): Promise<ApiFigures[]> {
  const { apiPath } = world;
  const load = { ...world, seconds: flags.seconds, connections: flags.connections };
  const ids = await publish(world, flags.applications);
  const of = (turn: number): string => `${apiPath}/applications/${ids[turn % ids.length] ?? ''}`;
  const cases: readonly (readonly [what: string, make: MakeRequest])[] = [
    ['read one application', (turn) => ({ method: 'GET', path: of(turn) })],
    [`read a page of ${PAGE}`, () => ({ method: 'GET', path: `${apiPath}/applications?$top=${PAGE}` })],
    [
      'find by name',
      (turn) => {
        const filter = encodeURIComponent(`displayName eq 'bench ${turn % ids.length}'`);
        return { method: 'GET', path: `${apiPath}/applications?$filter=${filter}` };
      },
    ],
    ['change an application', (turn) => ({ method: 'PATCH', path: of(turn), body: { displayName: `bench ${turn}` } })],
    [
      'make an enrolment token',
      () => ({ method: 'POST', path: `${apiPath}/postern/enrolmentTokens`, body: { maxUses: 1 } }),
    ],
  ];
  const figures: ApiFigures[] = [];
  for (const [what, make] of cases) {
    await measureLoad({ ...load, seconds: 0.5 }, make);
    figures.push({ store, what, ...(await measureLoad(load, make)) });
  }
  return figures;
}

async function publish({ origin, apiPath, token }: ApiWorld, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const answer = await fetch(`${origin}${apiPath}/applications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        displayName: `bench ${index}`,
        onPremisesPublishing: {
          externalUrl: `http://bench-${index}.postern.localhost:${new URL(origin).port}/`,
          internalUrl: 'http://localhost:1/',
        },
      }),
    });
    const body = (await answer.json()) as { readonly id?: string };
    if (body.id === undefined) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
    ids.push(body.id);
  }
  return ids;
}

function describeApi(figures: readonly ApiFigures[]): string {
  const title = `The admin API, ${flags.connections} requests at once, ${flags.applications} applications`;
  const rows = figures.map(({ store, what, perSecond, cpuUs, p50Ms, p99Ms }) =>
    [
      store.padEnd(11),
      what.padEnd(24),
      perSecond.toFixed(0).padStart(8),
      cpuUs.toFixed(0).padStart(8),
      p50Ms.toFixed(1).padStart(8),
      p99Ms.toFixed(1).padStart(8),
    ].join(' '),
  );
  const head = `${'store'.padEnd(11)} ${''.padEnd(24)} ${'a second'.padStart(8)} ${'CPU µs'.padStart(8)} ${'p50 ms'.padStart(8)} ${'p99 ms'.padStart(8)}`;
  return [title, head, ...rows].join('\n');
}

function describeLookUps(figures: readonly LookUpFigures[]): string {
  const cell = (value: number): string => value.toFixed(0).padStart(10);
  const rows = figures.map((each) =>
    [
      each.applications,
      each.routeNs,
      each.hotRouteNs,
      each.pathNs,
      each.sessionNs,
      each.hotSessionNs,
      each.assignmentNs,
      each.countNs,
    ]
      .map(cell)
      .join(' '),
  );
  const names = ['apps', 'route', 'hot route', 'by path', 'session', 'hot sess.', 'assigned', 'counted'];
  const title =
    'Look-ups of a request, ns of CPU each, all of as many sessions as applications in turn; hot: ten of them';
  return [title, names.map((name) => name.padStart(10)).join(' '), ...rows].join('\n');
}
