import process from 'node:process';
import { CHECKS, describeCheck, runChecks } from './checks.ts';

/** `npm run check`: what must hold before a commit, in under a minute. `npm test` runs all the rest too. */
const UNIT_TESTS = {
  name: 'unit tests',
  command: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter', 'dot'],
  remedy: 'npm test -- unit',
} as const;

const startedMs = performance.now();
const done = await runChecks([...CHECKS, UNIT_TESTS], (check) => console.log(describeCheck(check)));
const failed = done.filter(({ result }) => result.code !== 0).map(({ name }) => name);
const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
console.log(
  failed.length === 0 ? `All checks passed in ${seconds} s` : `Failed after ${seconds} s: ${failed.join(', ')}`,
);
if (failed.length > 0) process.exitCode = 1;
