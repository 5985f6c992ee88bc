import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { measureDownload, measureUpload } from './tunnel/measures/bulk.ts';
import { measureLatency } from './tunnel/measures/latency.ts';
import { measureRequests } from './tunnel/measures/requests.ts';
import { measureWebSockets } from './tunnel/measures/web-sockets.ts';
import { readOptions } from './tunnel/options.ts';
import { type Origin, startOrigin } from './tunnel/origin.ts';
import type { Peer, PeerName, RunningPeer, Target } from './tunnel/peer.ts';
import { makeCopy } from './tunnel/peers/copy.ts';
import { makeFrp } from './tunnel/peers/frp.ts';
import { makeNginx } from './tunnel/peers/nginx.ts';
import { makePostern } from './tunnel/peers/postern.ts';
import { makeSsh } from './tunnel/peers/ssh.ts';
import { describeProfile } from './tunnel/profile.ts';
import { describeResults, describeTargets } from './tunnel/report.ts';
import { findLacks, findServers } from './tunnel/requirements.ts';
import { usageOf } from './tunnel/process-tree.ts';
import { Results } from './tunnel/results.ts';
import { judgeTargets } from './tunnel/targets.ts';
import { findVersions } from './tunnel/versions.ts';

/**
 * Postern against its peers on this machine, in rounds in which each has its turn with new processes, equally warmed up and
 * in changing order. Users arrive in plain http, except for `postern-tls`; tunnels are TLS; Postern's users are signed in and each request
 * is recorded. Compare figures of one run only: ratios, and of CPU rather than of time.
 */
const WARM_UP_CONNECTIONS = 64;
/** A warm-up is so many times as long as a load: compilers go on optimising for seconds after a start. */
const WARM_UP_FACTOR = 4;
/** Memory differs little between rounds, and opening thousands of WebSockets takes long. */
const MAX_WEB_SOCKET_ROUNDS = 3;
/** What a worker of nginx passes on with the files that it may open. */
const WEB_SOCKETS_PER_WORKER = 8000;

const options = readOptions(process.argv);
const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, loadAverage: loadavg()[0] ?? 0 };
const results = new Results();
/** Kept, for a viewer. */
const profileFolder = options.isProfiling ? await mkdtemp(path.join(tmpdir(), 'postern-profiles-')) : null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

findServers();
const lacks = await findLacks(options.peers);
if (lacks === null) {
  const folder = await mkdtemp(path.join(tmpdir(), 'postern-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 }));
  try {
    await run(folder);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
} else {
  say(lacks);
  process.exitCode = 1;
}

async function run(folder: string): Promise<void> {
  const workers = Math.ceil(options.webSockets / WEB_SOCKETS_PER_WORKER);
  const origin = await startOrigin(folder, workers);
  const profiles: (readonly [service: number, connector: number])[] = [];
  try {
    const peers = await makePeers(folder, origin, workers);
    for (let round = 0; round < options.rounds; round += 1) {
      // Every other round goes the other way, so that nobody always comes after the same one.
      for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
        const startedMs = performance.now();
        if (options.measures.includes('web-sockets') && peer.name !== 'direct' && round < MAX_WEB_SOCKET_ROUNDS) {
          await withPeer(peer, (running) => takeMemory(peer, running, round));
          if (peer.name.startsWith('postern')) await withPeer(peer, (running) => takeKept(peer, running, round));
        }
        if (options.measures.some((measure) => measure !== 'web-sockets'))
          await withPeer(peer, async (running) => {
            await takeTimes(peer, running, round, origin);
            const [service, connector] = running.pids;
            if (peer.name === 'postern' && service !== undefined && connector !== undefined)
              profiles.push([service, connector]);
          });
        say(`round ${round + 1}, ${peer.name}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
      }
    }
  } finally {
    await origin.stop();
  }
  await report();
  const last = profiles.at(-1);
  if (profileFolder !== null && last !== undefined) {
    const [service, connector] = last;
    console.log(`\n${describeProfile(profileFolder, service, 'Service')}`);
    console.log(`\n${describeProfile(profileFolder, connector, 'Connector')}`);
  }
}

async function makePeers(folder: string, { port }: Origin, workers: number): Promise<Peer[]> {
  const { logLevel } = options;
  const direct: Peer = {
    name: 'direct',
    start: () =>
      Promise.resolve({ target: { port, headers: { Host: 'bench.test' } }, pids: [], stop: () => Promise.resolve() }),
  };
  const all: Peer[] = [
    direct,
    makeNginx(folder, port, workers),
    makeFrp(folder, port, 'tcp'),
    makeFrp(folder, port, 'websocket'),
    makeSsh(folder, port),
    makeCopy(folder, port),
    await makePostern({ folder, originPort: port, logLevel, name: 'postern', profileFolder }),
    await makePostern({ folder, originPort: port, logLevel, name: 'postern-undici', profileFolder }),
    await makePostern({ folder, originPort: port, logLevel, name: 'postern-node', profileFolder }),
    await makePostern({ folder, originPort: port, logLevel, name: 'postern-tls', profileFolder }),
  ];
  return all.filter(({ name }) => options.peers.includes(name));
}

async function withPeer(peer: Peer, use: (running: RunningPeer) => Promise<void>): Promise<void> {
  const running = await peer.start();
  try {
    const { target, pids } = running;
    await measureRequests(target, WARM_UP_CONNECTIONS, options.seconds * WARM_UP_FACTOR, pids);
    await use(running);
  } catch (error) {
    throw new Error(`With ${peer.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await running.stop();
  }
}

async function takeMemory({ name }: Peer, { target, pids }: RunningPeer, round: number): Promise<void> {
  await takeWebSockets(name, target, round, () => Promise.resolve({ residentKib: usageOf(pids).residentKib }));
}

/** In processes of its own: collecting takes the room that all have left from their warm-up. */
async function takeKept({ name }: Peer, { target, pids, collect }: RunningPeer, round: number): Promise<void> {
  if (collect === undefined) return;
  await takeWebSockets(name, target, round, async () => {
    const heapKib = await collect();
    return { collectedKib: usageOf(pids).residentKib, heapKib };
  });
}

async function takeWebSockets(
  name: PeerName,
  target: Target,
  round: number,
  weigh: () => Promise<Readonly<Record<string, number>>>,
): Promise<void> {
  const { webSockets, restSeconds } = options;
  const idle = { count: webSockets, restMs: restSeconds * 1000 };
  for (const [key, kib] of await measureWebSockets(target, idle, weigh))
    results.add(name, `webSocket.${key}`, round, kib);
}

async function takeTimes({ name }: Peer, { target, pids }: RunningPeer, round: number, origin: Origin): Promise<void> {
  const { measures, seconds } = options;
  const add = (key: string, value: number): void => {
    // The origin itself forwards nothing, so its CPU is nobody's.
    if (pids.length > 0 || !key.includes('cpu')) results.add(name, key, round, value);
  };
  if (measures.includes('requests')) {
    for (const count of options.connections) {
      // What comes for the first time with so many (larger writes, longer lists) has compilers begin anew.
      if (count > WARM_UP_CONNECTIONS) await measureRequests(target, count, seconds, pids);
      const { perSecond, cpuMicros } = await measureRequests(target, count, seconds, pids);
      add(`get.${count}.perSecond`, perSecond);
      add(`get.${count}.cpuMicros`, cpuMicros);
    }
  }
  if (measures.includes('latency')) {
    const { p50Ms, p99Ms } = await measureLatency(target, seconds);
    add('latency.p50Ms', p50Ms);
    add('latency.p99Ms', p99Ms);
  }
  if (measures.includes('bulk')) {
    for (const [direction, transfer] of [
      ['download', () => measureDownload(target, pids)],
      ['upload', () => measureUpload(target, pids, origin.bulkFile)],
    ] as const) {
      const { megabytesPerSecond, cpuSecondsPerGib } = await transfer();
      add(`${direction}.megabytesPerSecond`, megabytesPerSecond);
      add(`${direction}.cpuSecondsPerGib`, cpuSecondsPerGib);
    }
  }
}

async function report(): Promise<void> {
  const { rounds, seconds, peers, logLevel, webSockets, restSeconds, jsonFile } = options;
  const outcomes = judgeTargets(results);
  console.log(
    `Medians of ${rounds} interleaved rounds, ${seconds} s each after ${seconds * WARM_UP_FACTOR} s of warm-up; CPU and memory of all forwarding processes, both ends. ` +
      `Postern: signed in, logging at ${logLevel}, tunnel over TLS; the last column is the median of Postern's paired ratios. ` +
      `WebSockets: ${webSockets}, weighed after ${restSeconds} s. ${machine.cores} × ${machine.processor}, load average ${machine.loadAverage.toFixed(1)} at the start.\n`,
  );
  console.log(`${describeResults(results, peers)}\n`);
  const targets = describeTargets(outcomes);
  if (targets !== '') console.log(`Targets, as a multiple of frp's http mode unless said:\n${targets}`);
  if (jsonFile !== null) {
    const medians = Object.fromEntries(outcomes.map(({ title, ...outcome }) => [title, outcome]));
    await writeFile(
      jsonFile,
      `${JSON.stringify({ machine, versions: await findVersions(peers), options, figures: results.toJson(), targets: medians }, null, 2)}\n`,
    );
  }
}
