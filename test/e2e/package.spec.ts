import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from '@playwright/test';
import { buildDesktop } from '../../scripts/build-desktop.ts';
import { findElectronDist } from '../../scripts/electron-dist.ts';
import { builderArguments, readPackageOptions } from '../../scripts/package-desktop.ts';
import { ROOT, runNode } from '../../scripts/run-command.ts';
import { readAsar, readFuses } from '../helpers/read-package.ts';
import { keepLog } from '../helpers/test-log.ts';

/** The packaged app: what is in it, and what it does not let itself be used as. */
test.describe.configure({ mode: 'serial', timeout: 180_000 });

let folder: string;
let packaged: string;
let executable: string;

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-package-'));
  await buildDesktop();
  const dist = await findElectronDist(() => undefined);
  const args = builderArguments(readPackageOptions(['--for-tests', '--target', 'dir']), dist);
  const builder = 'node_modules/electron-builder/cli.js';
  const { code, output } = await runNode(builder, [...args, `--config.directories.output=${folder}`]);
  expect(code, output).toBe(0);
  packaged = path.join(folder, 'linux-unpacked');
  executable = path.join(packaged, 'postern');
});

test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  /** All that it said so far. */
  said(): string;
  end(): Promise<number | null>;
}

/** Starts the packaged app with data of its own. */
function run(userDataFolder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const rootFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(executable, [...rootFlags, '--password-store=basic', ...args], {
    env: { ...process.env, POSTERN_USER_DATA: userDataFolder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const closed = once(child, 'close');
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      said += data.toString();
      keepLog(data.toString());
    });
  }
  return {
    child,
    said: () => said,
    end: async () => {
      child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
  };
}

test('its fuses are those of an app that is nothing but Postern', () => {
  expect(readFuses(executable)).toMatchObject({
    runAsNode: '0',
    cookieEncryption: '1',
    nodeOptions: '0',
    nodeInspect: '0',
    asarIntegrity: '1',
    onlyAsar: '1',
    fileProtocol: '0',
  });
});

test('it holds what runs and its licences: no test, source map, package of npm or path of the machine that made it', () => {
  const files = readAsar(path.join(packaged, 'resources/app.asar'));
  expect([...files.keys()]).toEqual(expect.arrayContaining(['package.json', 'dist/desktop/main/main.js']));
  const stray = [...files.keys()].filter(
    (name) => !/^(?:package\.json|dist\/desktop\/[\w./@-]+\.(?:js|cjs|css|html|svg|png|woff2?))$/.test(name),
  );
  expect(stray).toEqual([]);
  const telling = [...files].filter(([, octets]) => octets.includes(ROOT) || octets.includes(`${homedir()}/`));
  expect(telling.map(([name]) => name)).toEqual([]);
  const description = JSON.parse(String(files.get('package.json'))) as object;
  expect(description).not.toHaveProperty('devDependencies');
  expect(description).not.toHaveProperty('scripts');
  expect(readdirSync(path.join(packaged, 'resources')).toSorted()).toEqual(['app.asar']);
  const licences = ['LICENSE.electron.txt', 'LICENSES.chromium.html', 'LICENSE.postern.txt'];
  expect(licences.filter((name) => !existsSync(path.join(packaged, name)))).toEqual([]);
  const text = (name: string): string => readFileSync(path.join(packaged, name), 'utf8');
  for (const name of ['undici', 'zod', '@azure/msal-node']) expect(text('LICENSES.main-process.md')).toContain(name);
  for (const name of ['react', '@fluentui/react-button', '@fontsource-variable/inter']) {
    expect(text('LICENSES.window.md')).toContain(name);
  }
});

test('a start that fails ends, and says why', async () => {
  const userDataFolder = path.join(folder, 'unreadable');
  mkdirSync(path.join(userDataFolder, 'settings.json'), { recursive: true });
  const app = run(userDataFolder, ['--hidden']);
  await once(app.child, 'close');
  expect(app.child.exitCode).toBe(1);
  expect(app.said()).toMatch(/EISDIR.*"desktop\.failed"/);
});

test('it is no Node, no inspector and no other app, whatever it is started with; a second start is told nothing but to show itself', async () => {
  const seen = path.join(folder, 'ran');
  const script = path.join(folder, 'evil.cjs');
  writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(seen)}, process.argv.join(' '));`);
  const planted = path.join(packaged, 'resources/app');
  mkdirSync(planted);
  cpSync(script, path.join(planted, 'index.js'));
  writeFileSync(path.join(planted, 'package.json'), '{"name":"evil","main":"index.js"}');
  const userDataFolder = path.join(folder, 'data');
  const keys = path.join(folder, 'tls-keys');
  const debugging = [
    '--inspect=127.0.0.1:0',
    '--inspect-brk=127.0.0.1:0',
    '--remote-debugging-port=0',
    `--require=${script}`,
  ];
  const app = run(userDataFolder, [...debugging, '--js-flags=--expose-gc', script], {
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: `--require ${script}`,
    POSTERN_TEST_SEAM: '1',
    SSLKEYLOGFILE: keys,
  });
  await expect.poll(() => app.said()).toContain('desktop.ready');
  const second = run(userDataFolder, [...debugging, '--user-data-dir=/nonexistent']);
  await once(second.child, 'close');
  expect(await app.end()).toBe(0);
  rmSync(planted, { recursive: true });
  for (const each of [app, second]) expect(each.said()).not.toMatch(/Debugger listening|DevTools listening/);
  expect([seen, keys].filter((file) => existsSync(file))).toEqual([]);
});
