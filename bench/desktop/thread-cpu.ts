import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** CPU that threads have taken so far, ms, by the process they are in and their name: `browser/electron`. */
export type ThreadCpu = ReadonlyMap<string, number>;

/** All threads of a process and its descendants. Empty where there is no `/proc`. */
export function readThreadCpu(rootPid: number): ThreadCpu {
  const cpu = new Map<string, number>();
  if (!existsSync(`/proc/${rootPid}/task`)) return cpu;
  for (const pid of [rootPid, ...descendants(rootPid)]) {
    try {
      const kind = kindOf(pid);
      for (const tid of readdirSync(`/proc/${pid}/task`)) {
        const { name, cpuMs } = readTask(`/proc/${pid}/task/${tid}`);
        const key = `${kind}/${tid === String(pid) ? 'main' : name}`;
        cpu.set(key, (cpu.get(key) ?? 0) + cpuMs);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return cpu;
}

function descendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      return readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  });
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function kindOf(pid: number): string {
  const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  const type = /--type=(\S+)/.exec(line)?.[1] ?? 'browser';
  const service = /--utility-sub-type=(\S+)/.exec(line)?.[1];
  return service === undefined ? type : service;
}

/** By the scheduler's clock: ticks of 10 ms miss most of what runs for less. */
function readTask(folder: string): { readonly name: string; readonly cpuMs: number } {
  const name = readFileSync(`${folder}/comm`, 'utf8').trim();
  return { name, cpuMs: Number(readFileSync(`${folder}/schedstat`, 'latin1').split(' ')[0]) / 1e6 };
}
