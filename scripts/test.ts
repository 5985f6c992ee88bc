import { existsSync, globSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { CHECKS, describeCheck, runChecks } from './checks.ts';
import { findElectronDist } from './electron-dist.ts';
import { preflight } from './preflight.ts';
import { readRunResults, RESULTS_FILE_VARIABLE, type RunResults } from './reporting/run-results.ts';
import { ROOT, runCommand, runNode } from './run-command.ts';
import { TEST_LOGS_VARIABLE, findSecretsInLogs } from './secrets-in-logs.ts';
import type { Purpose } from './system-requirements.ts';

/**
 * `npm test [-- SUITE… FILTER…]`: all tests, or the suites named (`check`, `unit`, `integration`, `fuzz`, `e2e`); other
 * words pick test files by name. The last line on stdout is `N passed, N failed, N skipped` over all runners; each
 * static check counts as one. `providers` runs where it is named alone: what it needs of the system is its own.
 */
const SUITES = ['check', 'unit', 'integration', 'fuzz', 'e2e', 'providers'] as const;
type Suite = (typeof SUITES)[number];

const RESULTS = path.join(ROOT, 'test-results');
const LOGS = path.join(RESULTS, 'logs');
const PLAYWRIGHT_CONFIG = 'test/e2e/playwright.config.ts';

const words = process.argv.slice(2);
const named = SUITES.filter((suite) => words.includes(suite));
const filters = words.filter((word) => !SUITES.some((suite) => suite === word));
const suites: readonly Suite[] =
  named.length > 0
    ? named
    : SUITES.filter((suite) => suite !== 'providers' && (filters.length === 0 || suite !== 'check'));

const runsPrograms = suites.some((suite) => suite === 'integration' || suite === 'e2e');

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  finish([{ passed: 0, failures: [{ name: 'npm test', reason: 'it could not begin' }], skips: [] }]);
}

async function main(): Promise<void> {
  // Unit tests and checks need nothing of the system.
  const purposes: Purpose[] = runsPrograms ? ['test'] : [];
  if (suites.includes('providers')) purposes.push('providers');
  for (const purpose of purposes) {
    if (await preflight(purpose, (line) => console.error(line))) continue;
    finish([
      { passed: 0, failures: [{ name: 'preflight', reason: 'the system lacks what is named above' }], skips: [] },
    ]);
    return;
  }
  rmSync(LOGS, { recursive: true, force: true });
  const runs: RunResults[] = [];
  if (suites.includes('check')) runs.push(await runStaticChecks());
  const projects = suites.filter((suite) => suite !== 'check' && suite !== 'e2e');
  if (projects.length > 0) runs.push(await runVitest(projects));
  if (suites.includes('e2e') && globSync('test/e2e/**/*.spec.ts', { cwd: ROOT }).length > 0)
    runs.push(await runPlaywright());
  if (purposes.length > 0) runs.push(searchLogs());
  finish(runs);
}

async function runStaticChecks(): Promise<RunResults> {
  const done = await runChecks(CHECKS, (check) => console.log(describeCheck(check)));
  const failed = done.filter(({ result }) => result.code !== 0);
  return {
    passed: done.length - failed.length,
    failures: failed.map(({ name, remedy }) => ({ name: `check > ${name}`, reason: `see: ${remedy}` })),
    skips: [],
  };
}

async function runVitest(projects: readonly Suite[]): Promise<RunResults> {
  const file = resultsFile('vitest');
  const reporters = ['--reporter=default', '--reporter=./scripts/reporting/vitest-reporter.ts'];
  const args = ['run', '--passWithNoTests', ...reporters, ...projects.map((name) => `--project=${name}*`), ...filters];
  const { code } = await runNode('node_modules/vitest/vitest.mjs', args, {
    output: 'inherit',
    env: { [RESULTS_FILE_VARIABLE]: file, [TEST_LOGS_VARIABLE]: LOGS },
  });
  return withExitCode(readRunResults(file, 'vitest'), 'vitest', code);
}

/** Builds the desktop app and drives it and a browser, on a virtual display where there is no other. */
async function runPlaywright(): Promise<RunResults> {
  const build = await runNode('scripts/build-desktop.ts');
  if (build.code !== 0) {
    console.error(build.output);
    return {
      passed: 0,
      failures: [{ name: 'build', reason: 'the desktop app did not build; see npm run build' }],
      skips: [],
    };
  }
  const electron = await findElectronDist((line) => console.log(line));
  const file = resultsFile('playwright');
  const command = [
    process.execPath,
    'node_modules/@playwright/test/cli.js',
    'test',
    '-c',
    PLAYWRIGHT_CONFIG,
    '--pass-with-no-tests',
    ...filters,
  ];
  const display =
    process.platform === 'linux' && !process.env['DISPLAY'] ? ['xvfb-run', '-a', '-s', '-screen 0 1440x1000x24'] : [];
  const [executable = process.execPath, ...args] = [...display, ...command];
  const { code } = await runCommand(executable, args, {
    output: 'inherit',
    env: { [RESULTS_FILE_VARIABLE]: file, ELECTRON_OVERRIDE_DIST_PATH: electron.folder, [TEST_LOGS_VARIABLE]: LOGS },
  });
  return withExitCode(readRunResults(file, 'playwright'), 'playwright', code);
}

/** No log of the whole run may hold a secret that was used in it (issue 5, B72). */
function searchLogs(): RunResults {
  const { leaks, logBytes, secrets } = findSecretsInLogs(LOGS);
  const mebibytes = (logBytes / 1024 / 1024).toFixed(1);
  console.log(`secrets in logs: ${secrets} secrets looked for in ${mebibytes} MiB, ${leaks.length} found`);
  const failures = leaks.map(({ file, line, kind }) => ({
    name: 'secrets in logs',
    reason: `a ${kind} stands in ${path.join(path.relative(ROOT, LOGS), file)}, line ${line}`,
  }));
  // A whole run that kept nothing looked for nothing.
  if (filters.length === 0 && (secrets === 0 || logBytes === 0)) {
    failures.push({
      name: 'secrets in logs',
      reason: 'the tests kept no logs or no secrets; see test/helpers/test-log.ts',
    });
  }
  return { passed: failures.length === 0 ? 1 : 0, failures, skips: [] };
}

function resultsFile(runner: string): string {
  const file = path.join(RESULTS, `${runner}.json`);
  if (existsSync(file)) rmSync(file);
  return file;
}

/** A runner that failed in a way that its results don't show, a time limit say, is a failure too. */
function withExitCode(results: RunResults, runner: string, code: number): RunResults {
  if (code === 0 || results.failures.length > 0) return results;
  return { ...results, failures: [{ name: runner, reason: `it ended with code ${code}; see its output above` }] };
}

function finish(runs: readonly RunResults[]): void {
  const passed = runs.reduce((sum, run) => sum + run.passed, 0);
  const failures = runs.flatMap((run) => run.failures);
  const skips = runs.flatMap((run) => run.skips);
  if (passed + failures.length + skips.length === 0) {
    failures.push({ name: words.join(' '), reason: `no test has that name; suites are ${SUITES.join(', ')}` });
  }
  for (const { name, reason } of skips) console.log(`skipped: ${name}: ${reason}`);
  for (const { name, reason } of failures) console.log(`failed: ${name}: ${reason}`);
  console.log(`${passed} passed, ${failures.length} failed, ${skips.length} skipped`);
  if (failures.length > 0) process.exitCode = 1;
}
