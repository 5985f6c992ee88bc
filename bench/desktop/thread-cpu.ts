import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** CPU that threads have taken so far, ms, by the process they are in and their name: `browser/electron`. */
export type ThreadCpu = ReadonlyMap<string, number>;

/** Of Linux: `sysconf(_SC_CLK_TCK)` is 100 wherever Node runs. */
const TICK_MS = 10;

/** All threads of a process and its descendants. Empty where there is no `/proc`. */
export function readThreadCpu(rootPid: number): ThreadCpu {
  const cpu = new Map<string, number>();
  if (!existsSync(`/proc/${rootPid}/task`)) return cpu;
  for (const pid of [rootPid, ...descendants(rootPid)]) {
    try {
      const kind = kindOf(pid);
      for (const tid of readdirSync(`/proc/${pid}/task`)) {
        const { name, cpuMs } = readStat(`/proc/${pid}/task/${tid}/stat`);
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

function readStat(file: string): { readonly name: string; readonly cpuMs: number } {
  const text = readFileSync(file, 'latin1');
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return { name: text.slice(text.indexOf('(') + 1, end), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}
