import { createHash, randomBytes } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTool } from '../helpers/run-tool.ts';
import { type StartedApache, startApache } from '../helpers/start-apache.ts';
import { type StartedTrial, startTrial } from '../helpers/start-trial.ts';

const START_TIMEOUT_MS = 90_000;
const BIG_FILE_BYTES = 24 * 1024 * 1024;

const folder = mkdtempSync(path.join(tmpdir(), 'postern-webdav-'));
/** Most programs ask the system for addresses, which knows no names below `localhost`. */
const hosts: Record<string, string> = {};
let apache: StartedApache;
let trial: StartedTrial;
let external: string;

async function run(tool: string, ...args: readonly string[]): Promise<string> {
  const result = await runTool(tool, args, { cwd: folder, environment: { ...hosts, LC_ALL: 'C.UTF-8' } });
  if (result.code !== 0)
    throw new Error(`${tool} ${args.join(' ')} ended with ${result.code}:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

beforeAll(async () => {
  [apache, trial] = await Promise.all([startApache(), startTrial()]);
  external = (await trial.publish('dav', `${apache.url}/`)).externalUrl;
  const [library] = globSync('/usr/lib/*/libnss_wrapper.so');
  const file = path.join(folder, 'hosts');
  writeFileSync(file, `127.0.0.1 ${new URL(external).hostname}\n`);
  Object.assign(hosts, { LD_PRELOAD: library ?? '', NSS_WRAPPER_HOSTS: file });
}, START_TIMEOUT_MS);

afterAll(async () => {
  await trial?.stop();
  await apache?.close();
  rmSync(folder, { recursive: true, force: true });
}, START_TIMEOUT_MS);

/** What litmus says of each of its tests. */
async function litmus(url: string): Promise<readonly string[]> {
  const { stdout } = await runTool('litmus', ['-k', url], { cwd: folder, environment: hosts });
  return stdout
    .split('\n')
    .map((line) => line.replace(/^.*\r/, '').trim())
    .filter((line) => /^(?:\d+\. |<- summary|WARNING)/.test(line));
}

test('real input: litmus finds the same of a WebDAV server through Postern as directly', async () => {
  const direct = await litmus(`${apache.url}/dav/`);
  expect(direct.filter((line) => line.startsWith('<-')).length).toBeGreaterThan(3);
  expect(direct.length).toBeGreaterThan(60);
  expect(await litmus(`${external}dav/`)).toEqual(direct);
}, 120_000);

test('real input: svn checks out, commits 24 MiB, updates, copies, merges and locks through Postern', async () => {
  const repository = path.join(apache.repositories, 'project');
  await run('svnadmin', 'create', repository);
  await run('chmod', '-R', 'a+rwX', repository);
  const url = `${external}svn/project`;
  const [alice, bob] = [path.join(folder, 'alice'), path.join(folder, 'bob')];
  await run('svn', 'mkdir', '-q', '-m', 'layout', `${url}/trunk`, `${url}/branches`);
  await run('svn', 'checkout', '-q', `${url}/trunk`, alice);
  await run('svn', 'checkout', '-q', `${url}/trunk`, bob);

  const noise = randomBytes(BIG_FILE_BYTES);
  writeFileSync(path.join(alice, 'noise.bin'), noise);
  writeFileSync(path.join(alice, 'Grüße & mehr.txt'), 'one\ntwo\nthree\n');
  await run('svn', 'add', '-q', path.join(alice, 'noise.bin'), path.join(alice, 'Grüße & mehr.txt'));
  await run('svn', 'propset', '-q', 'note', 'ünïcode', path.join(alice, 'noise.bin'));
  await run('svn', 'commit', '-q', '-m', 'add: ünïcode', alice);
  await run('svn', 'update', '-q', bob);
  const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');
  expect(sha256(readFileSync(path.join(bob, 'noise.bin')))).toBe(sha256(noise));

  await run('svn', 'copy', '-q', '-m', 'branch', `${url}/trunk`, `${url}/branches/next`);
  await run('svn', 'switch', '-q', `${url}/branches/next`, bob);
  writeFileSync(path.join(bob, 'Grüße & mehr.txt'), 'one\n2\nthree\n');
  await run('svn', 'move', '-q', path.join(bob, 'noise.bin'), path.join(bob, 'moved.bin'));
  await run('svn', 'commit', '-q', '-m', 'change', bob);
  await run('svn', 'update', '-q', alice);
  await run('svn', 'merge', '-q', '--accept', 'postpone', `${url}/branches/next`, alice);
  await run('svn', 'commit', '-q', '-m', 'merge', alice);
  expect(await run('svn', 'cat', `${url}/trunk/Grüße & mehr.txt`)).toBe('one\n2\nthree\n');
  expect(await run('svn', 'list', `${url}/trunk`)).toBe('Grüße & mehr.txt\nmoved.bin\n');
  expect(await run('svn', 'log', '-q', `${url}/trunk`)).toMatch(/^-+\nr5 /);
  expect(await run('svnadmin', 'verify', '-q', repository)).toBe('');
}, 120_000);
