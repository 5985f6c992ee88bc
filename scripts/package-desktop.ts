import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildDesktop } from './build-desktop.ts';
import { type ElectronDist, findElectronDist } from './electron-dist.ts';
import { ROOT, runCommand, runNode } from './run-command.ts';

/**
 * `npm run package [-- OPTION…]`: packages the desktop app into `dist/package`. See docs/operations.md.
 */
const USAGE = `npm run package [-- OPTION...]
  --target NAME            deb, dir, rpm, nsis, dmg, zip; several times for several (default: those of electron-builder.yml)
  --feed URL               where the package looks for newer ones (https)
  --publisher-key FILE     public key, PEM, that must have signed them; several times while one takes over from another
  --notes FILE             what is new, in Markdown or plain text, for the feed's description
  --for-tests              packages also with the Electron that is for tests alone, or another version; says so in name and app
  --package-version X.Y.Z  with --for-tests: in place of package.json's`;

const OUTPUT = path.join(ROOT, 'dist', 'package');
const MAX_PUBLISHER_KEYS = 4;
/** The names in braces are electron-builder's. */
const TEST_ARTIFACT_NAME = ['{name}-for-tests_', '{version}_', '{arch}.', '{ext}'].map((part) => `$${part}`).join('');

interface PackageOptions {
  readonly targets: readonly string[];
  readonly feedUrl: string | null;
  readonly publisherKeys: readonly string[];
  readonly notesFile: string | null;
  readonly isForTests: boolean;
  readonly version: string | null;
}

/** @throws Error that names the option at fault */
export function readPackageOptions(args: readonly string[]): PackageOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string', multiple: true },
      feed: { type: 'string' },
      'publisher-key': { type: 'string', multiple: true },
      notes: { type: 'string' },
      'for-tests': { type: 'boolean' },
      'package-version': { type: 'string' },
    },
  });
  const { feed = null, notes = null, 'publisher-key': keyFiles = [], 'package-version': version = null } = values;
  const isForTests = values['for-tests'] ?? false;
  if ((feed === null) !== (keyFiles.length === 0)) {
    throw new Error('--feed and --publisher-key go together: what a feed says is believed by its signature alone.');
  }
  if (feed !== null && URL.parse(feed)?.protocol !== 'https:') throw new Error(`--feed: ${feed} is no https address.`);
  if (keyFiles.length > MAX_PUBLISHER_KEYS) throw new Error(`--publisher-key: ${MAX_PUBLISHER_KEYS} at most.`);
  if (version !== null && !isForTests) throw new Error('--package-version goes with --for-tests alone.');
  if (version !== null && !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) {
    throw new Error(`--package-version: ${version} is no version such as 1.2.3.`);
  }
  return {
    targets: values.target ?? [],
    feedUrl: feed,
    publisherKeys: keyFiles.map(readPublicKey),
    notesFile: notes === null ? null : path.resolve(notes),
    isForTests,
    version,
  };
}

/** One line of base64, as the package carries it. */
function readPublicKey(file: string): string {
  const key = createPublicKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`--publisher-key: ${file} holds no Ed25519 key.`);
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

/** electron-builder's arguments beside electron-builder.yml. */
export function builderArguments(options: PackageOptions, dist: ElectronDist): readonly string[] {
  const { targets, feedUrl, publisherKeys, notesFile, isForTests, version } = options;
  const platform = { linux: '--linux', win32: '--win', darwin: '--mac' } as Partial<Record<NodeJS.Platform, string>>;
  const set = (key: string, value: string): string => `--config.${key}=${value}`;
  return [
    platform[process.platform] ?? '--linux',
    ...targets,
    '--publish=never',
    set('electronDist', dist.folder),
    set('electronVersion', electronVersionOf(dist)),
    // What the app reads of its own package (src-main/app/updates/publisher.ts).
    ...publisherKeys.map((key, index) => set(`extraMetadata.postern.publisherKeys.${index}`, key)),
    ...(feedUrl === null
      ? []
      : [
          set('extraMetadata.postern.feedUrl', feedUrl),
          set('publish.provider', 'generic'),
          set('publish.url', feedUrl),
        ]),
    ...(notesFile === null ? [] : [set('releaseInfo.releaseNotesFile', notesFile)]),
    ...(version === null ? [] : [set('extraMetadata.version', version)]),
    ...(isForTests
      ? [
          set('extraMetadata.postern.isForTests', 'true'),
          set('artifactName', TEST_ARTIFACT_NAME),
          set('linux.synopsis', 'FOR TESTS ONLY, not to be shipped: Postern'),
          set('deb.compression', 'gz'),
          set('rpm.compression', 'gzip'),
        ]
      : []),
  ];
}

function electronVersionOf(dist: ElectronDist): string {
  return readFileSync(path.join(dist.folder, 'version'), 'utf8').trim().replace(/^v/, '');
}

/** A folder that `ELECTRON_OVERRIDE_DIST_PATH` names counts by its version, which the one for tests doesn't have. */
function isShippable(dist: ElectronDist): boolean {
  const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return dist.isOfficial && electronVersionOf(dist) === devDependencies['electron'];
}

async function packageDesktop(args: readonly string[]): Promise<number> {
  const options = readPackageOptions(args);
  const dist = await findElectronDist((line) => console.error(line));
  if (!options.isForTests && !isShippable(dist)) {
    throw new Error(
      'The official Electron of the version in package.json could not be had, and a package never contains another. For a package to try things with: --for-tests.',
    );
  }
  await buildDesktop();
  // fpm is a download that Debian doesn't have; dpkg-deb is there.
  const hasDpkg = process.platform === 'linux' && (await runCommand('dpkg-deb', ['--version'])).code === 0;
  const isFpmSet = process.env['CUSTOM_FPM_PATH'] !== undefined || process.env['USE_SYSTEM_FPM'] === 'true';
  const env = hasDpkg && !isFpmSet ? { CUSTOM_FPM_PATH: path.join(ROOT, 'scripts/fpm-stand-in.ts') } : {};
  const { code } = await runNode('node_modules/electron-builder/cli.js', builderArguments(options, dist), {
    output: 'inherit',
    env,
  });
  if (code === 0) {
    console.log(`Packaged into ${path.relative(ROOT, OUTPUT)}.`);
    if (options.feedUrl !== null)
      console.log('Sign what describes it before it goes to the feed: npm run sign-release.');
  }
  return code;
}

if (import.meta.main) {
  if (process.argv.includes('--help')) console.log(USAGE);
  else {
    try {
      process.exitCode = await packageDesktop(process.argv.slice(2));
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
