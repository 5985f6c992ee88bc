import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRunResults, RESULTS_FILE_VARIABLE, type RunResults } from '../../scripts/reporting/run-results.ts';
import { TEST_LOGS_VARIABLE, findSecretsInLogs } from '../../scripts/secrets-in-logs.ts';
import { ROOT, runNode } from '../../scripts/run-command.ts';

/** Tests as they should not be, run by a vitest of their own with the project's leak check and reporter. */
const LEAKING = `
import { createServer } from 'node:net';
import { test } from 'vitest';
test('opens a server and forgets it', () => new Promise((done) => createServer().listen(0, '127.0.0.1', done)));
`;
const MIXED = `
import { expect, test } from 'vitest';
test('passes', () => {});
test('fails', () => { expect(1).toBe(2); });
test('has no browser', (context) => { context.skip('no Chromium here'); });
`;
/** What a program logs that should not, in a run of its own. */
const TALKATIVE = `
import { test } from 'vitest';
import { makeTestLog, rememberSecret } from ${JSON.stringify(path.join(ROOT, 'test/helpers/test-log.ts'))};
test('logs a password', () => {
  rememberSecret('planted password', 'maple-north-ocean-77');
  rememberSecret('password that is struck out', 'quilt-river-slate-88');
  makeTestLog('info').info({ note: 'maple-north-ocean-77', user: { password: 'quilt-river-slate-88' } }, 'planted');
});
`;
const CONFIG = `export default { test: { pool: 'forks', setupFiles: [${JSON.stringify(path.join(ROOT, 'test/helpers/leak-setup.ts'))}] } };`;

let folder = '';
let results: RunResults;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'postern-runner-'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'vitest.config.mjs'), CONFIG);
  await writeFile(path.join(folder, 'leaking.test.mjs'), LEAKING);
  await writeFile(path.join(folder, 'mixed.test.mjs'), MIXED);
  await writeFile(path.join(folder, 'talkative.test.mjs'), TALKATIVE);
  const file = path.join(folder, 'results.json');
  const reporter = path.join(ROOT, 'scripts/reporting/vitest-reporter.ts');
  await runNode('node_modules/vitest/vitest.mjs', ['run', `--reporter=${reporter}`], {
    cwd: folder,
    env: { [RESULTS_FILE_VARIABLE]: file, [TEST_LOGS_VARIABLE]: path.join(folder, 'logs') },
  });
  results = readRunResults(file, 'vitest');
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a file that leaves a server open fails', () => {
  expect(results.failures).toContainEqual({
    name: 'leaking.test.mjs',
    reason: expect.stringContaining('This file leaves open: 1 TCPServerWrap'),
  });
});

test('the results count what passed and name what failed, and why something was skipped', () => {
  expect(results.passed).toBe(3);
  expect(results.failures).toContainEqual({
    name: 'mixed.test.mjs > fails',
    reason: expect.stringContaining('expected 1'),
  });
  expect(results.skips).toEqual([{ name: 'mixed.test.mjs > has no browser', reason: 'no Chromium here' }]);
});

test('B72 a secret that a program logs during the tests is found, and one that its log strikes out is not there', () => {
  const { leaks, secrets } = findSecretsInLogs(path.join(folder, 'logs'));
  expect(leaks).toEqual([{ file: expect.stringMatching(/^\d+\.log$/), line: 1, kind: 'planted password' }]);
  expect(secrets).toBe(2);
});

test('a runner that ends without results counts as a failure', () => {
  const { passed, failures } = readRunResults(path.join(folder, 'absent.json'), 'playwright');
  expect(passed).toBe(0);
  expect(failures).toEqual([{ name: 'playwright', reason: expect.stringContaining('without results') }]);
});
