import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BULK_PATH, GIB, SINK_PATH } from '../origin.ts';
import { type Target, urlOf } from '../peer.ts';
import { usageOf } from '../process-tree.ts';

const BYTES_PER_MB = 1_000_000;

export interface BulkRate {
  readonly megabytesPerSecond: number;
  /** CPU of both ends, s. */
  readonly cpuSecondsPerGib: number;
}

/** Fetches 1 GiB and throws it away. @throws Error when it didn't come whole */
export function measureDownload(target: Target, pids: readonly number[]): Promise<BulkRate> {
  return transfer(target, pids, BULK_PATH, ['-o', '/dev/null', '-w', '%{http_code} %{size_download}']);
}

/** Sends a file of 1 GiB. @throws Error when it didn't arrive whole */
export function measureUpload(target: Target, pids: readonly number[], file: string): Promise<BulkRate> {
  // The origin's answer is the number of octets that it got.
  return transfer(target, pids, SINK_PATH, ['-T', file, '-H', 'Expect:', '-w', '', '-o', '-']);
}

async function transfer(
  target: Target,
  pids: readonly number[],
  path: string,
  args: readonly string[],
): Promise<BulkRate> {
  const before = usageOf(pids);
  const startedMs = performance.now();
  const { stdout } = await promisify(execFile)('curl', [
    ...['-sS', '--http1.1'],
    ...(target.caFile === undefined ? [] : ['--cacert', target.caFile]),
    ...Object.entries(target.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...args,
    urlOf(target, path),
  ]);
  const seconds = (performance.now() - startedMs) / 1000;
  if (!stdout.endsWith(String(GIB))) throw new Error(`1 GiB at ${path} did not go through: ${stdout.slice(0, 500)}`);
  return {
    megabytesPerSecond: GIB / BYTES_PER_MB / seconds,
    cpuSecondsPerGib: (usageOf(pids).cpuMs - before.cpuMs) / 1000,
  };
}
