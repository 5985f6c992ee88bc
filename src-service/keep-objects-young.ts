import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

const FLAG = 'allocation-site-pretenuring';

/**
 * Keeps V8 from making objects old from the start. Where nearly all that is made at some place of the program outlives a collection,
 * as at a start under load, V8 makes what comes later in the old part of its heap. Requests are over within milliseconds, but
 * from then on what is left of each holds on to all that it points to until the whole heap is looked at, which was up to a quarter
 * of the CPU (ADR 0032). Whoever starts Node with `--allocation-site-pretenuring` keeps V8's own way.
 */
export function keepObjectsYoung(): void {
  if (!process.execArgv.some((argument) => argument.includes(FLAG))) setFlagsFromString(`--no-${FLAG}`);
}
