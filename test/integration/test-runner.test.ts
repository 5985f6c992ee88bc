import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRunResults, RESULTS_FILE_VARIABLE, type RunResults } from '../../scripts/reporting/run-results.ts';
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
const CONFIG = `export default { test: { pool: 'forks', setupFiles: [${JSON.stringify(path.join(ROOT, 'test/helpers/leak-setup.ts'))}] } };`;

let folder = '';
let results: RunResults;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'postern-runner-'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'vitest.config.mjs'), CONFIG);
  await writeFile(path.join(folder, 'leaking.test.mjs'), LEAKING);
  await writeFile(path.join(folder, 'mixed.test.mjs'), MIXED);
  const file = path.join(folder, 'results.json');
  const reporter = path.join(ROOT, 'scripts/reporting/vitest-reporter.ts');
  await runNode('node_modules/vitest/vitest.mjs', ['run', `--reporter=${reporter}`], {
    cwd: folder,
    env: { [RESULTS_FILE_VARIABLE]: file },
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
  expect(results.passed).toBe(2);
  expect(results.failures).toContainEqual({
    name: 'mixed.test.mjs > fails',
    reason: expect.stringContaining('expected 1'),
  });
  expect(results.skips).toEqual([{ name: 'mixed.test.mjs > has no browser', reason: 'no Chromium here' }]);
});

test('a runner that ends without results counts as a failure', () => {
  const { passed, failures } = readRunResults(path.join(folder, 'absent.json'), 'playwright');
  expect(passed).toBe(0);
  expect(failures).toEqual([{ name: 'playwright', reason: expect.stringContaining('without results') }]);
});
