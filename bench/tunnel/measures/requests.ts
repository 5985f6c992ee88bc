import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import type { Target } from '../peer.ts';
import { usageOf } from '../process-tree.ts';
import { SMALL_PATH } from '../origin.ts';

export interface RequestRate {
  readonly perSecond: number;
  /** CPU of both ends for one request, µs; 0 where nobody forwards. */
  readonly cpuMicros: number;
}

/** As many GETs of 1 KiB as go over `connections` at once for `seconds`. @throws Error when an answer was wrong */
export async function measureRequests(
  target: Target,
  connections: number,
  seconds: number,
  pids: readonly number[],
  isWrkThere: boolean,
): Promise<RequestRate> {
  const before = usageOf(pids);
  const load = isWrkThere ? loadWithWrk : loadWithAutocannon;
  const { requests, perSecond } = await load(target, connections, seconds);
  return { perSecond, cpuMicros: ((usageOf(pids).cpuMs - before.cpuMs) * 1000) / requests };
}

interface Load {
  readonly requests: number;
  readonly perSecond: number;
}

async function loadWithWrk({ port, headers }: Target, connections: number, seconds: number): Promise<Load> {
  const { stdout } = await promisify(execFile)('wrk', [
    ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s'],
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    `http://127.0.0.1:${port}${SMALL_PATH}`,
  ]);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0);
  if (requests === 0 || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`Not all was answered well:\n${stdout}`);
  return { requests, perSecond };
}

async function loadWithAutocannon({ port, headers }: Target, connections: number, seconds: number): Promise<Load> {
  const url = `http://127.0.0.1:${port}${SMALL_PATH}`;
  const result = await autocannon({ url, headers: { ...headers }, connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`Not all was answered well: ${result.non2xx} wrong answers, ${result.errors} errors.`);
  }
  return { requests: result.requests.total, perSecond: result.requests.total / result.duration };
}
