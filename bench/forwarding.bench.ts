import autocannon from 'autocannon';
import { download, type Target, upload } from './bulk.ts';
import { cpuTimeMs } from './cpu-time.ts';
import { publishOrigin, untilReachable } from './published-origin.ts';

/**
 * The forwarding path against the same origin asked directly, alternating in one run: requests/s and CPU per request of
 * the forwarding processes for a 1 KiB GET, MB/s and CPU per GiB for bulk. Plain http on loopback, no pre-authentication.
 */
const ROUNDS = 3;
const ROUND_SECONDS = 4;
const WARM_UP_SECONDS = 2;
const CONNECTIONS = [1, 16, 64] as const;
const GIB = 1_073_741_824;
const MB = 1_000_000;

interface Measured {
  readonly perSecond: number;
  /** CPU of service and connector for one unit, ms; 0 where the origin is asked directly. */
  readonly cpuMsPerUnit: number;
}

async function requests(
  target: Target,
  connections: number,
  seconds: number,
  pids: readonly number[],
): Promise<Measured> {
  const cpuBefore = cpuTimeMs(pids);
  const result = await autocannon({
    url: `${target.url}/small`,
    headers: { host: target.host },
    connections,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} wrong answers, ${result.errors} errors`);
  return {
    perSecond: result.requests.total / result.duration,
    cpuMsPerUnit: (cpuTimeMs(pids) - cpuBefore) / result.requests.total,
  };
}

async function bulk(transfer: () => Promise<number>, pids: readonly number[]): Promise<Measured> {
  const cpuBefore = cpuTimeMs(pids);
  const startedMs = performance.now();
  const bytes = await transfer();
  if (bytes !== GIB) throw new Error(`${bytes} bytes arrived instead of ${GIB}`);
  const seconds = (performance.now() - startedMs) / 1000;
  return { perSecond: bytes / MB / seconds, cpuMsPerUnit: cpuTimeMs(pids) - cpuBefore };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Runs both ways in turn and gives the medians as a row. */
async function compare(
  what: string,
  unit: { readonly rate: string; readonly cpu: string; readonly cpuFactor: number },
  run: (target: Target, pids: readonly number[]) => Promise<Measured>,
  targets: { readonly direct: Target; readonly postern: Target; readonly pids: readonly number[] },
): Promise<void> {
  const direct: Measured[] = [];
  const postern: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    direct.push(await run(targets.direct, []));
    postern.push(await run(targets.postern, targets.pids));
  }
  const directRate = median(direct.map((each) => each.perSecond));
  const posternRate = median(postern.map((each) => each.perSecond));
  const ratio = median(postern.map((each, index) => each.perSecond / (direct[index]?.perSecond ?? Number.NaN)));
  const cpu = median(postern.map((each) => each.cpuMsPerUnit)) * unit.cpuFactor;
  console.log(
    [
      what.padEnd(24),
      `${directRate.toFixed(0)} ${unit.rate}`.padStart(14),
      `${posternRate.toFixed(0)} ${unit.rate}`.padStart(14),
      ratio.toFixed(2).padStart(8),
      `${cpu.toFixed(unit.cpuFactor === 1000 ? 0 : 2)} ${unit.cpu}`.padStart(16),
    ].join(' '),
  );
}

const origin = await publishOrigin();
try {
  const targets = {
    direct: { url: origin.directUrl, host: new URL(origin.directUrl).host },
    postern: { url: origin.publishedUrl, host: origin.host },
    pids: origin.forwarderPids,
  };
  await untilReachable(async () => (await download(targets.postern, '/small')).status);
  for (const target of [targets.direct, targets.postern]) await requests(target, 64, WARM_UP_SECONDS, []);

  console.log(`Medians of ${ROUNDS} alternating rounds; CPU is that of service and connector together.`);
  console.log(
    ['', 'direct', 'Postern', 'ratio', 'Postern CPU']
      .map((text, index) => (index === 0 ? ''.padEnd(24) : text.padStart([0, 14, 14, 8, 16][index] ?? 0)))
      .join(' '),
  );
  for (const connections of CONNECTIONS) {
    const run = (target: Target, pids: readonly number[]): Promise<Measured> =>
      requests(target, connections, ROUND_SECONDS, pids);
    await compare(
      `GET 1 KiB, ${connections} at once`,
      { rate: 'req/s', cpu: 'µs/request', cpuFactor: 1000 },
      run,
      targets,
    );
  }
  const bulkUnit = { rate: 'MB/s', cpu: 's/GiB', cpuFactor: 0.001 };
  const down = (target: Target, pids: readonly number[]): Promise<Measured> =>
    bulk(async () => (await download(target, `/bulk?bytes=${GIB}`)).bytes, pids);
  await compare('download 1 GiB', bulkUnit, down, targets);
  await compare('upload 1 GiB', bulkUnit, (target, pids) => bulk(() => upload(target, GIB), pids), targets);
} finally {
  await origin.stop();
}
