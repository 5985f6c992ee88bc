import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Target, urlOf } from '../peer.ts';
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
): Promise<RequestRate> {
  const before = usageOf(pids);
  const { requests, perSecond } = await load(target, connections, seconds);
  return { perSecond, cpuMicros: ((usageOf(pids).cpuMs - before.cpuMs) * 1000) / requests };
}

async function load(
  target: Target,
  connections: number,
  seconds: number,
): Promise<{ readonly requests: number; readonly perSecond: number }> {
  const { stdout } = await promisify(execFile)('wrk', [
    ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s'],
    ...Object.entries(target.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    urlOf(target, SMALL_PATH),
  ]);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0);
  if (requests === 0 || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`Not all was answered well:\n${stdout}`);
  return { requests, perSecond };
}
