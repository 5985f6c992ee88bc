import { existsSync, readFileSync } from 'node:fs';
import { runCommand } from './run-command.ts';

const INSTALL_TIMEOUT_MS = 900_000;

/** Debian's package manager, where the system has one. */
export function hasApt(): boolean {
  return existsSync('/usr/bin/apt-get');
}

/**
 * The names that this release uses for packages: of `new|old` the first that can be installed.
 * A machine whose package lists were never fetched knows no name; then the release's age decides.
 */
export async function resolvePackages(packages: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const alternatives of packages) {
    const [first = alternatives, ...others] = alternatives.split('|');
    let chosen: string | undefined;
    for (const name of [first, ...others]) {
      if (others.length === 0 || (await isInstallable(name))) {
        chosen = name;
        break;
      }
    }
    names.push(chosen ?? (hasTime64Names() ? first : (others.at(-1) ?? first)));
  }
  return [...new Set(names)];
}

async function isInstallable(name: string): Promise<boolean> {
  const { output } = await runCommand('apt-cache', ['policy', name]);
  return /Candidate: (?!\(none\))/.test(output);
}

/** The arguments of apt-get that install packages with no question asked. */
export function installArguments(packages: readonly string[]): string[] {
  return ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...packages];
}

/** Fetches the package lists. Needs root. */
export async function updateLists(): Promise<void> {
  await apt(['-o', 'DPkg::Lock::Timeout=300', 'update']);
}

/** Installs packages. Needs root. @throws Error with the end of apt's output when it fails. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  await apt(installArguments(packages));
}

async function apt(args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand('apt-get', args, {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  if (code === 0) return;
  const tail = output.trim().split('\n').slice(-8).join('\n');
  throw new Error(`apt-get ${args.join(' ')} failed:\n${tail}`);
}

/** Ubuntu has Chromium as a snap only: its package of that name is a stub. */
export function isUbuntu(): boolean {
  return /^ID=ubuntu$/m.test(osRelease());
}

/** Debian 13 and Ubuntu 24.04 gave libraries with 64-bit time new names. */
function hasTime64Names(): boolean {
  const version = Number(/^VERSION_ID="?([\d.]+)/m.exec(osRelease())?.[1] ?? '0');
  return version >= (isUbuntu() ? 24.04 : 13);
}

function osRelease(): string {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}
