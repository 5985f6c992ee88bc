import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describeAsJson, describeAsText } from './setup/announcement.ts';
import { TrialError } from './setup/trial-error.ts';
import { readTrialOptions } from './setup/trial-options.ts';
import { TrialRun } from './setup/trial-run.ts';

/** `npm start`: the whole of Postern on one machine, until Ctrl-C. The exit code is 0 only for an orderly end. */
const REPEAT_AFTER_MS = 1000;
const ORPHAN_CHECK_MS = 1000;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const options = readTrialOptions(process.argv, process.env);
const say = (line: string): void => {
  (options.isJson ? process.stderr : process.stdout).write(`${line}\n`);
};

const run = new TrialRun(ROOT, options, say);
const interrupted = Promise.withResolvers<null>();
let firstInterruptionMs = Number.POSITIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // npm, its shell and the terminal may each send the first one; a person who repeats it is in a hurry.
    if (performance.now() - firstInterruptionMs > REPEAT_AFTER_MS) run.kill();
    firstInterruptionMs = Math.min(firstInterruptionMs, performance.now());
    interrupted.resolve(null);
  });
}
// Who is started by `scripts/run.mjs` stops when that is gone: nobody could stop the trial any more.
if (process.env['POSTERN_RUNNER_PID'] === String(process.ppid)) {
  const runner = process.ppid;
  setInterval(() => {
    if (process.ppid !== runner) interrupted.resolve(null);
  }, ORPHAN_CHECK_MS).unref();
}
// Whatever ends this process, no child outlives it.
process.on('exit', () => run.kill());

async function main(): Promise<number> {
  const started = run.start().then((announcement) => {
    process.stdout.write(`${options.isJson ? describeAsJson(announcement) : describeAsText(announcement)}\n`);
    return run.ended;
  });
  const end = await Promise.race([started, run.ended, interrupted.promise]);
  started.catch(() => {});
  if (end === null) say('Stopping …');
  else say(end.message);
  await run.stop();
  return end === null || end.isWanted ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof TrialError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  await run.stop();
  process.exitCode = 1;
}
