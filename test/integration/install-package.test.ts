import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../scripts/run-command.ts';
import { installPackage, type PackageToInstall } from '../../src-main/app/updates/install-package.ts';

/** What runs as root to install a package of Linux: the real script and shell; the package manager and who asks are the test's. */

let folder: string;
let file: string;
let seen: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern package-'));
  file = path.join(folder, `it's a $(file).deb`);
  seen = path.join(folder, 'seen');
  writeFileSync(file, 'the package');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function wanted(change: Partial<PackageToInstall>): PackageToInstall {
  const sha512 = createHash('sha512').update('the package').digest('base64');
  return {
    kind: 'deb',
    file,
    signedFor: { url: 'postern.deb', sha512, size: 'the package'.length },
    logFile: path.join(folder, 'install.log'),
    askFirst: [],
    ...change,
  };
}

/** A package manager that is a line of shell; the package is `$1`. */
function manager(line: string): readonly string[] {
  return ['/bin/sh', '-c', line, 'manager'];
}

test.for([
  ['nobody gives the password', { askFirst: manager('exit 126') }, 'UPDATE_NOT_PERMITTED', 'No administrator agreed'],
  ['nothing can ask for it', { askFirst: ['/usr/bin/no-such-program'] }, 'UPDATE_NOT_PERMITTED', 'can’t be started'],
  [
    'the package manager refuses',
    { installer: manager('echo one; echo "dpkg: broken" >&2; exit 2') },
    'UPDATE_INSTALL_FAILED',
    'ended with 2: dpkg: broken',
  ],
  [
    'the package manager is not there',
    { askFirst: ['/usr/bin/env'], installer: ['/usr/bin/no-such-manager'] },
    'UPDATE_INSTALL_FAILED',
    'no-such-manager',
  ],
] as const)('where %s, the cause is told', async ([, change, code, message]) => {
  const failed = installPackage(wanted(change));
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});

test('the package manager gets a copy in a folder of root’s own, which goes with it', async () => {
  const line = `echo "$1" > "${seen}"; stat -c '%a %U' "$(dirname "$1")" >> "${seen}"; cat "$1" >> "${seen}"`;
  await installPackage(wanted({ installer: manager(line) }));
  const [copy = '', rights, content] = readFileSync(seen, 'utf8').split('\n');
  expect(copy).toMatch(/^\/var\/tmp\/postern-update\.\w+\/postern\.deb$/);
  expect(rights).toMatch(/^700 /);
  expect(content).toBe('the package');
  expect(existsSync(path.dirname(copy))).toBe(false);
});

test.for([
  ['another content', `printf 'another one' > "$FILE"`],
  ['more', `printf 'the package and more' > "$FILE"`],
  ['no end', `ln -sf /dev/zero "$FILE"`],
] as const)(
  'a file that was given %s while the password was asked for is not installed where it is not what was signed for',
  async ([what, change]) => {
    const askFirst = ['/usr/bin/env', `FILE=${file}`, ...manager(`${change}; exec "$@"`)];
    const installing = installPackage(wanted({ askFirst, installer: manager(`cat "$1" > "${seen}"`) }));
    if (what === 'more') {
      // What is beyond the size that was signed for is not looked at.
      await installing;
      expect(readFileSync(seen, 'utf8')).toBe('the package');
    } else {
      await expect(installing).rejects.toMatchObject({ code: 'UPDATE_FILE_DAMAGED' });
      expect(existsSync(seen)).toBe(false);
    }
  },
);

test('an installation that has begun is brought to its end though the app and its process group are killed', async () => {
  const go = path.join(folder, 'go');
  const line = `touch "${seen}"; while [ ! -e "${go}" ]; do sleep 0.05; done; echo one || exit 9; echo two; mv "${seen}" "${seen}.done"`;
  const app = startApp(wanted({ installer: manager(line) }));
  try {
    await expect.poll(() => existsSync(seen), { timeout: 10_000 }).toBe(true);
  } finally {
    process.kill(-(app.pid ?? 0), 'SIGKILL');
  }
  await once(app, 'close');
  writeFileSync(go, '');
  await expect.poll(() => existsSync(`${seen}.done`), { timeout: 10_000 }).toBe(true);
  expect(readFileSync(path.join(folder, 'install.log'), 'utf8')).toBe('one\ntwo\n');
});

/** A process that installs, at the head of a group of its own. */
function startApp(options: PackageToInstall): ChildProcess {
  const module = path.join(ROOT, 'src-main/app/updates/install-package.ts');
  const program = `import(${JSON.stringify(module)}).then((m) => m.installPackage(${JSON.stringify(options)}))`;
  return spawn(process.execPath, ['--no-warnings', '-e', program], { detached: true, stdio: 'inherit' });
}
