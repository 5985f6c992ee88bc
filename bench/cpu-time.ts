import { readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of this many ms (`sysconf(_SC_CLK_TCK)` is 100 on all supported machines). */
const TICK_MS = 10;
const UTIME_FIELD = 11;
const STIME_FIELD = 12;

/** CPU time that processes have used so far, user and system together, ms. Linux only. */
export function cpuTimeMs(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the name, may hold spaces; the numbers follow its closing parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[UTIME_FIELD]) + Number(fields[STIME_FIELD]);
  }
  return ticks * TICK_MS;
}
