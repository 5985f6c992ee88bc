import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { runTool } from '../helpers/run-tool.ts';
import { startGitServer } from '../helpers/start-git-server.ts';
import type { StartedGitServer } from '../helpers/start-git-server.ts';
import { startTrial } from '../helpers/start-trial.ts';
import type { StartedTrial } from '../helpers/start-trial.ts';

const START_TIMEOUT_MS = 90_000;
const BIG_FILE_BYTES = 24 * 1024 * 1024;

const folder = mkdtempSync(path.join(tmpdir(), 'postern-git-'));
let server: StartedGitServer;
let trial: StartedTrial;

/** git with no configuration of this machine. */
async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const result = await runTool('git', args, {
    cwd,
    environment: {
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      // The checkout may belong to another user than the one who runs the tests.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_AUTHOR_NAME: 'Alice',
      GIT_AUTHOR_EMAIL: 'alice@contoso.example',
      GIT_COMMITTER_NAME: 'Alice',
      GIT_COMMITTER_EMAIL: 'alice@contoso.example',
    },
  });
  if (result.code !== 0) throw new Error(`git ${args.join(' ')} ended with ${result.code}:\n${result.stderr}`);
  return result.stdout.trim();
}

/** Noise, the same at each call: git can't shrink it, so that a push is as big as it looks. */
function makeNoise(): Buffer {
  const noise = Buffer.alloc(BIG_FILE_BYTES);
  let word = 0x9e3779b9;
  for (let at = 0; at < noise.length; at += 4) {
    word = (word ^ (word << 13)) >>> 0;
    word = (word ^ (word >>> 17)) >>> 0;
    word = (word ^ (word << 5)) >>> 0;
    noise.writeUInt32LE(word, at);
  }
  return noise;
}

beforeAll(async () => {
  mkdirSync(path.join(folder, 'served'));
  await git(folder, 'clone', '--quiet', '--bare', process.cwd(), path.join(folder, 'served', 'postern.git'));
  await git(path.join(folder, 'served', 'postern.git'), 'config', 'http.receivepack', 'true');
  server = await startGitServer(path.join(folder, 'served'));
  trial = await startTrial();
}, START_TIMEOUT_MS);

afterAll(async () => {
  await trial.stop();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}, START_TIMEOUT_MS);

test('real input: git clones, pushes 24 MiB in chunks, and fetches over smart HTTP through a published application', async () => {
  const { externalUrl } = await trial.publish('git', server.url);
  const remote = `${externalUrl}postern.git`;
  const served = path.join(folder, 'served', 'postern.git');
  await git(folder, 'clone', '--quiet', remote, 'alice');
  const alice = path.join(folder, 'alice');
  expect(await git(alice, 'rev-parse', 'HEAD')).toBe(await git(served, 'rev-parse', 'HEAD'));
  expect(await git(alice, 'fsck', '--full')).toBe('');

  writeFileSync(path.join(alice, 'noise.bin'), makeNoise());
  await git(alice, 'add', 'noise.bin');
  await git(alice, 'commit', '--quiet', '-m', 'test: noise');
  await git(alice, 'push', '--quiet', 'origin', 'HEAD:refs/heads/pushed');
  expect(await git(served, 'rev-parse', 'pushed')).toBe(await git(alice, 'rev-parse', 'HEAD'));

  await git(folder, 'clone', '--quiet', '--branch', 'pushed', '--depth', '1', remote, 'bob');
  expect(readFileSync(path.join(folder, 'bob', 'noise.bin')).equals(makeNoise())).toBe(true);
}, 60_000);
