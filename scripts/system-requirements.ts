import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { findElectronDist } from './electron-dist.ts';
import { findChromium } from './find-chromium.ts';
import { runCommand } from './run-command.ts';

/**
 * What the system is asked for, by command: `npm start`, the same with its window, `npm test`, `npm run test:providers`,
 * `npm run bench -- tunnel`, and that against ssh.
 */
export const PURPOSES = ['trial', 'desktop', 'test', 'providers', 'bench', 'bench-ssh'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Where servers are; users' shells leave it out. */
export const SERVER_FOLDER = '/usr/sbin';

/** One thing that npm can't bring. */
export interface SystemRequirement {
  /** What it is, for the message: `Xvfb (a display for the desktop app)`. */
  readonly name: string;
  readonly purposes: readonly Purpose[];
  /** Debian packages that bring it. `new|old` names one package that is called differently by newer releases. */
  readonly packages: readonly string[];
  /** Looks for the thing itself, never for its package: undefined where it is there, else what exactly is missing. */
  readonly missing: () => Promise<string | undefined>;
}

/**
 * All that Postern's scripts need of the system. To add one, add an entry: preflight checks it, installs it when it
 * runs as root, and names its package in the line that it prints otherwise.
 */
export const SYSTEM_REQUIREMENTS: readonly SystemRequirement[] = [
  {
    name: 'the shared libraries of Electron',
    purposes: ['desktop', 'test'],
    packages: ['libgtk-3-0t64|libgtk-3-0', 'libnss3', 'libasound2t64|libasound2', 'libgbm1'],
    missing: missingElectronLibraries,
  },
  {
    // Electron loads it by name, and without it shows no notification and says nothing.
    name: 'libnotify (notifications of the desktop app)',
    purposes: ['desktop', 'test'],
    packages: ['libnotify4'],
    missing: missingLibnotify,
  },
  {
    name: 'a virtual display',
    purposes: ['test'],
    packages: ['xvfb', 'xauth'],
    missing: () => missingExecutables('Xvfb', 'xvfb-run', 'xauth'),
  },
  {
    name: 'a font',
    purposes: ['test', 'providers'],
    packages: ['fonts-dejavu-core'],
    missing: () => missingFile('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  },
  {
    name: 'D-Bus for the tray',
    purposes: ['test'],
    packages: ['dbus-daemon', 'dbus-bin', 'libglib2.0-bin'],
    missing: () => missingExecutables('dbus-daemon', 'dbus-run-session', 'dbus-send', 'gdbus'),
  },
  {
    name: 'panels with a tray, a daemon that draws notifications, and a mouse for both',
    purposes: ['test'],
    packages: ['trayer', 'xfce4-panel', 'dunst', 'xdotool'],
    missing: () => missingExecutables('trayer', 'xfce4-panel', 'dunst', 'xdotool'),
  },
  {
    name: 'xdg-open',
    purposes: ['desktop', 'test'],
    packages: ['xdg-utils'],
    missing: () => missingExecutables('xdg-open'),
  },
  {
    name: 'what makes packages of other systems',
    purposes: ['test'],
    packages: ['rpm'],
    missing: () => missingExecutables('rpmbuild', 'rpm'),
  },
  {
    name: 'curl, which drives the trial as a script would',
    purposes: ['test'],
    packages: ['curl'],
    missing: () => missingExecutables('curl'),
  },
  {
    name: 'Python and openssl, for a connector in another language and for PFX files',
    purposes: ['test'],
    packages: ['python3', 'openssl'],
    missing: () => missingExecutables('python3', 'openssl'),
  },
  {
    name: 'Pebble, an ACME authority for tests',
    purposes: ['test'],
    packages: ['pebble'],
    missing: () => missingExecutables('pebble', 'pebble-challtestsrv'),
  },
  {
    name: 'git with its HTTP server',
    purposes: ['test'],
    packages: ['git'],
    missing: () => missingExecutables('git'),
  },
  {
    name: 'Apache with WebDAV and Subversion, and clients of both',
    purposes: ['test'],
    // The last makes names known to programs that ask the system for addresses.
    packages: ['apache2-bin', 'libapache2-mod-svn', 'subversion', 'litmus', 'libnss-wrapper'],
    missing: async () =>
      (await missingExecutables('apache2', 'svn', 'litmus')) ?? missingFile('/usr/lib/apache2/modules/mod_dav_svn.so'),
  },
  {
    name: 'DokuWiki and PHP (a real web application behind Postern)',
    purposes: ['test'],
    packages: ['dokuwiki', 'php-cli'],
    missing: async () => (await missingExecutables('php')) ?? missingFile('/usr/share/dokuwiki/doku.php'),
  },
  {
    name: 'LemonLDAP::NG, an identity provider, and a server for it',
    purposes: ['providers'],
    // Any server satisfies the portal; of those in its list this is the one that brings no service to be started. The last
    // two are loaded by the portal as an OpenID provider, and only recommended or forgotten.
    packages: [
      'liblemonldap-ng-portal-perl',
      'lemonldap-ng-uwsgi-app',
      'starman',
      'libio-string-perl',
      'libstring-random-perl',
    ],
    missing: missingLemonldap,
  },
  {
    name: 'a backend for benchmarks, and what loads it',
    purposes: ['bench'],
    packages: ['nginx-light', 'wrk', 'curl'],
    missing: () => missingExecutables('nginx', 'wrk', 'curl'),
  },
  {
    name: 'both ends of ssh',
    purposes: ['bench-ssh'],
    packages: ['openssh-client', 'openssh-server'],
    missing: () => missingExecutables('ssh', 'ssh-keygen', 'sshd'),
  },
  {
    name: 'a browser',
    purposes: ['test', 'providers'],
    packages: ['chromium'],
    missing: async () => ((await findChromium()) === undefined ? 'chromium' : undefined),
  },
];

/** The requirement for a browser, which Ubuntu doesn't have as a package: preflight asks Playwright for it there. */
export function isBrowser(requirement: SystemRequirement): boolean {
  return requirement.packages.includes('chromium');
}

async function missingElectronLibraries(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const dist = await findElectronDist(() => {});
  const { output } = await runCommand('ldd', [dist.executable]);
  const names = [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
  if (names.length === 0) return undefined;
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

async function missingLibnotify(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { output } = await runCommand('/sbin/ldconfig', ['-p']);
  return /\blibnotify\.so\.[45]\b/.test(output) ? undefined : 'libnotify.so.4';
}

const LEMONLDAP_PORTAL = '/usr/share/perl5/Lemonldap/NG/Portal/Main.pm';
const LEMONLDAP_LOADS = ['/usr/share/perl5/IO/String.pm', '/usr/share/perl5/String/Random.pm'];

async function missingLemonldap(): Promise<string | undefined> {
  const files = await Promise.all([LEMONLDAP_PORTAL, ...LEMONLDAP_LOADS].map(missingFile));
  return files.find((missing) => missing !== undefined) ?? missingExecutables('starman');
}

function missingExecutables(...names: readonly string[]): Promise<string | undefined> {
  const missing = names.filter((name) => !isOnPath(name));
  return Promise.resolve(missing.length === 0 ? undefined : missing.join(', '));
}

function missingFile(file: string): Promise<string | undefined> {
  return Promise.resolve(existsSync(file) ? undefined : file);
}

function isOnPath(name: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return [...folders, SERVER_FOLDER].some((folder) => {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
