import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
