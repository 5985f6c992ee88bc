import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builderArguments, readPackageOptions } from '../../scripts/package-desktop.ts';
import { ROOT, runCommand, runNode } from '../../scripts/run-command.ts';

/** What `npm run package` hands to electron-builder; the packing itself takes too long for each run of the tests. */

interface BuilderConfiguration {
  readonly productName: string;
  readonly files: readonly string[];
  readonly afterPack: string;
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly linux: { readonly icon: string; readonly executableName: string };
}

let folder: string;
let publicKeyFile: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-packaging-'));
  publicKeyFile = path.join(folder, 'publisher.pub.pem');
  const { publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function readConfiguration(): BuilderConfiguration {
  return parse(readFileSync(path.join(ROOT, 'electron-builder.yml'), 'utf8')) as BuilderConfiguration;
}

test('the configuration is one that electron-builder takes, and names files that are there', async () => {
  const configuration = readConfiguration();
  const load = createRequire(import.meta.url);
  const { validateConfiguration } = load('app-builder-lib/out/util/config/config') as {
    readonly validateConfiguration: (configuration: unknown, log: unknown) => Promise<void>;
  };
  await validateConfiguration(configuration, { add: () => undefined, isEnabled: false });
  await expect(validateConfiguration({ ...configuration, notAKey: 1 }, { isEnabled: false })).rejects.toThrow(
    'notAKey',
  );
  const named = [configuration.afterPack, configuration.linux.icon];
  expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  // The sandbox's helper does not start from a folder with a space in its name.
  expect(configuration.productName).not.toContain(' ');
  const { main, desktopName } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    readonly main: string;
    readonly desktopName: string;
  };
  expect(desktopName).toBe(`${configuration.linux.executableName}.desktop`);
  expect(main).toBe('dist/desktop/main/main.js');
  expect(configuration.files[0]).toContain('dist/desktop/{main,preload,renderer,assets}');
  expect(configuration.files).toContain('!node_modules/**');
});

test('a packaged executable is nothing but Postern: no Node, no inspector, no app but the one in its archive', () => {
  expect(readConfiguration().electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
  });
});

test.for([
  [['--feed', 'https://updates.example.com/'], '--feed and --publisher-key go together'],
  [['--feed', 'http://updates.example.com/', '--publisher-key', 'KEY'], 'is no https address'],
  [['--package-version', '9.9.9'], 'goes with --for-tests'],
  [['--for-tests', '--package-version', 'nine'], 'is no version'],
  [['--unknown'], 'Unknown option'],
] as const)('%j is refused: %s', ([args, message]) => {
  expect(() => readPackageOptions(args.map((arg) => (arg === 'KEY' ? publicKeyFile : arg)))).toThrow(message);
});

test('a key of another kind is no publisher’s', () => {
  const file = path.join(folder, 'rsa.pem');
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
  expect(() => readPackageOptions(['--feed', 'https://updates.example.com/', '--publisher-key', file])).toThrow(
    'no Ed25519 key',
  );
});

test('a package for tests says so in its name and to the app; another names no version but its own', () => {
  const electron = path.join(folder, 'electron');
  mkdirSync(electron, { recursive: true });
  writeFileSync(path.join(electron, 'version'), 'v42.0.0\n');
  const dist = { folder: electron, executable: path.join(electron, 'electron'), isOfficial: false };
  const forTests = builderArguments(readPackageOptions(['--for-tests', '--package-version', '0.2.0']), dist);
  expect(forTests).toContain('--config.electronVersion=42.0.0');
  expect(forTests).toContain('--config.extraMetadata.version=0.2.0');
  expect(forTests).toContain('--config.extraMetadata.postern.isForTests=true');
  expect(forTests.find((argument) => argument.startsWith('--config.artifactName='))).toContain('for-tests');
  const release = builderArguments(
    readPackageOptions(['--feed', 'https://updates.example.com/', '--publisher-key', publicKeyFile]),
    dist,
  );
  expect(release.join(' ')).not.toMatch(/isForTests|extraMetadata\.version|artifactName/);
  expect(release).toContain('--config.extraMetadata.postern.feedUrl=https://updates.example.com/');
  const der = readFileSync(publicKeyFile, 'utf8').replaceAll(/-----[^-]+-----|\s/g, '');
  expect(release).toContain(`--config.extraMetadata.postern.publisherKeys.0=${der}`);
});

test('with another Electron than the official one nothing is packaged, unless it is for tests', async () => {
  const electron = path.join(folder, 'other-electron');
  mkdirSync(electron, { recursive: true });
  writeFileSync(path.join(electron, 'version'), 'v42.0.0\n');
  writeFileSync(path.join(electron, 'electron'), '');
  const refused = await runNode('scripts/package-desktop.ts', [], { env: { ELECTRON_OVERRIDE_DIST_PATH: electron } });
  expect(refused.output).toContain('a package never contains another');
  expect(refused.code).toBe(1);
});

test('the stand-in for fpm makes a deb with the fields and rights that dpkg shows, and fails on what it does not know', async () => {
  const app = path.join(folder, 'app');
  mkdirSync(app, { recursive: true });
  writeFileSync(path.join(app, 'postern'), '#!/bin/sh\n', { mode: 0o700 });
  writeFileSync(path.join(app, 'data'), 'data', { mode: 0o600 });
  const script = path.join(folder, 'after-install');
  writeFileSync(script, '#!/bin/sh\nexit 0\n');
  const deb = path.join(folder, 'postern.deb');
  const args = ['-s', 'dir', '--force', '-t', 'deb', '-d', 'libnss3', '-d', 'xdg-utils', '--deb-recommends', 'pkexec'];
  args.push('--deb-compression', 'gz', '--architecture', 'amd64', '--after-install', script);
  args.push('--description', 'Publishes\n Applications of this network.', '--version', '1.2.3', '--package', deb);
  args.push('--name', 'postern', '--maintainer', 'Somebody <somebody@example.com>', '--category', 'net');
  const made = await runNode('scripts/fpm-stand-in.ts', [...args, `${app}/=/opt/Postern`]);
  expect(made.output).toBe('');
  expect(made.code).toBe(0);
  const { output: info } = await runCommand('dpkg-deb', ['--info', deb]);
  for (const line of ['Package: postern', 'Version: 1.2.3', 'Depends: libnss3, xdg-utils', 'Recommends: pkexec']) {
    expect(info).toContain(line);
  }
  expect(info).toMatch(/Description: Publishes\n\s+Applications of this network\./);
  const { output: content } = await runCommand('dpkg-deb', ['--contents', deb]);
  expect(content).toMatch(/^drwxr-xr-x root\/root .* \.\/$/m);
  expect(content).toMatch(/^-rwxr-xr-x root\/root .* \.\/opt\/Postern\/postern$/m);
  expect(content).toMatch(/^-rw-r--r-- root\/root .* \.\/opt\/Postern\/data$/m);
  const unknown = await runNode('scripts/fpm-stand-in.ts', [...args, '--iteration', '7', `${app}/=/opt/Postern`]);
  expect(unknown.code).not.toBe(0);
});

/** The script as it is packed, run with the system's own tools away from its place. */
async function runAfterRemove(argument: string): Promise<string> {
  const tools = path.join(folder, `tools-${argument}`);
  mkdirSync(tools, { recursive: true });
  const seen = path.join(folder, `removed-${argument}`);
  // That of Fedora knows no option beside the one that says what to do.
  const alternatives = `#!/bin/sh\n[ "$1" = --remove ] && [ $# -eq 3 ] || exit 2\necho "$@" >> '${seen}'\n`;
  writeFileSync(path.join(tools, 'update-alternatives'), alternatives, { mode: 0o755 });
  // As electron-builder fills it in.
  const names: Readonly<Record<string, string>> = { executable: 'postern-of-a-test', sanitizedProductName: 'Postern' };
  const script = readFileSync(path.join(ROOT, 'scripts/linux-packages/after-remove.sh'), 'utf8').replaceAll(
    /\$\{(\w+)\}/g,
    (_macro, name: string) => names[name] ?? '',
  );
  const env = { PATH: `${tools}:${process.env['PATH'] ?? ''}` };
  const { code, output } = await runCommand('sh', ['-c', script, 'after-remove', argument], { env });
  expect([code, output]).toEqual([0, '']);
  return existsSync(seen) ? readFileSync(seen, 'utf8').trim() : '';
}

test('an older package that makes way for a newer one does not take the command with it', async () => {
  const made = async (way: string): Promise<string> => `${way}: ${await runAfterRemove(way)}`;
  const stays = ['upgrade', 'failed-upgrade', 'abort-install', '1'];
  expect(await Promise.all(stays.map(made))).toEqual(stays.map((way) => `${way}: `));
  const goes = ['remove', 'purge', '0'];
  const removed = '--remove postern-of-a-test /opt/Postern/postern-of-a-test';
  expect(await Promise.all(goes.map(made))).toEqual(goes.map((way) => `${way}: ${removed}`));
});

test('the stand-in for fpm makes an rpm with the fields, rights and scripts that rpm shows', async () => {
  const app = path.join(folder, 'rpm-app');
  mkdirSync(path.join(app, 'a folder'), { recursive: true });
  writeFileSync(path.join(app, 'postern'), '#!/bin/sh\n', { mode: 0o700 });
  writeFileSync(path.join(app, 'a folder', '50%.txt'), 'data', { mode: 0o600 });
  const desktop = path.join(folder, 'postern.desktop');
  writeFileSync(desktop, '[Desktop Entry]\n');
  const script = path.join(folder, 'after-install-rpm');
  writeFileSync(script, '#!/bin/sh\necho "100% installed $1"\n');
  const rpm = path.join(folder, 'postern.rpm');
  const words =
    '-s dir --force -t rpm --rpm-os linux --rpm-compression gzip --architecture amd64 --name postern --license MIT';
  const args = [...words.split(' '), '-d', '(nss or mozilla-nss)', '-d', 'xdg-utils', '--version', '1.2.3~rc1'];
  args.push('--after-install', script, '--after-remove', script, '--package', rpm, '--rpm-summary', 'Publishes');
  args.push('--description', 'Applications\nof this network.', '--maintainer', 'Somebody <somebody@example.com>');
  const to = ['/opt/Postern', '/usr/share/applications/postern.desktop'] as const;
  const made = await runNode('scripts/fpm-stand-in.ts', [...args, `${app}/=${to[0]}`, `${desktop}=${to[1]}`]);
  expect([made.code, made.output]).toEqual([0, '']);
  const ask = async (...what: string[]): Promise<string> => (await runCommand('rpm', ['-qp', ...what, rpm])).output;
  expect(await ask('--info')).toMatch(
    /^Version +: 1\.2\.3~rc1$[^]*^Architecture: x86_64$[^]*^License +: MIT$[^]*^Summary +: Publishes$/m,
  );
  expect((await ask('--requires')).split('\n')).toEqual(expect.arrayContaining(['(nss or mozilla-nss)', 'xdg-utils']));
  expect(await ask('--scripts')).toContain('echo "100% installed $1"');
  const files = (await ask('--queryformat', '[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\\n]')).trim().split('\n');
  expect(files.toSorted()).toEqual(
    [
      'drwxr-xr-x root /opt/Postern',
      'drwxr-xr-x root /opt/Postern/a folder',
      '-rw-r--r-- root /opt/Postern/a folder/50%.txt',
      '-rwxr-xr-x root /opt/Postern/postern',
      '-rw-r--r-- root /usr/share/applications/postern.desktop',
    ].toSorted(),
  );
});
