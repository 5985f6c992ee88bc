import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts CPU time in ticks of this many ms (`sysconf(_SC_CLK_TCK)` is 100 on all supported machines). */
const TICK_MS = 10;
const KIB_PER_PAGE = 4;
// Fields of /proc/PID/stat after the name, which may hold spaces (proc(5)).
const PARENT_FIELD = 1;
const UTIME_FIELD = 11;
const STIME_FIELD = 12;
const RSS_FIELD = 21;

/** What processes and all that they started have used of the machine. */
export interface Usage {
  /** User and system time of all threads so far, ms. */
  readonly cpuMs: number;
  readonly residentKib: number;
}

/** Adds up processes and their descendants, all threads included. Linux only. */
export function usageOf(pids: readonly number[]): Usage {
  const wanted = new Set(pids);
  let cpuMs = 0;
  let residentKib = 0;
  // A parent has the lower pid except after a wrap, so that one pass in order finds whole families.
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b)) {
    const fields = statOf(pid);
    if (fields === null) continue;
    if (!wanted.has(pid) && !wanted.has(Number(fields[PARENT_FIELD]))) continue;
    wanted.add(pid);
    cpuMs += (Number(fields[UTIME_FIELD]) + Number(fields[STIME_FIELD])) * TICK_MS;
    residentKib += Number(fields[RSS_FIELD]) * KIB_PER_PAGE;
  }
  return { cpuMs, residentKib };
}

function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
