import process from 'node:process';
import { hasApt, installArguments, installPackages, isUbuntu, resolvePackages, updateLists } from './apt.ts';
import { runNode } from './run-command.ts';
import {
  isBrowser,
  PURPOSES,
  type Purpose,
  SYSTEM_REQUIREMENTS,
  type SystemRequirement,
} from './system-requirements.ts';

const PLAYWRIGHT = 'node_modules/@playwright/test/cli.js';

interface Lack {
  readonly requirement: SystemRequirement;
  /** What exactly was looked for and isn't there. */
  readonly what: string;
}

/**
 * Makes sure that the system has what a purpose needs. As root it installs what is missing with apt; else it says in
 * one line what to run. A trial with no display needs nothing.
 * @returns whether all is there now; false after the reason has been told to `log`.
 */
export async function preflight(purpose: Purpose, log: (line: string) => void): Promise<boolean> {
  const purposes: Purpose[] = purpose === 'trial' && hasDisplay() ? ['trial', 'desktop'] : [purpose];
  const lacks = await findLacks(purposes);
  if (lacks.length === 0) return true;
  log(`This system lacks ${describe(lacks)}.`);
  if (!hasApt()) {
    log('It has no apt-get: install them with its own package manager, then run this again.');
    return false;
  }
  const packages = lacks.flatMap(({ requirement }) => requirement.packages);
  if (process.getuid?.() !== 0) {
    log(`Run this line, then this command again:\n${await installLine(packages)}`);
    return false;
  }
  await install(packages, log);
  const left = await findLacks(purposes);
  if (left.length > 0) log(`After installing, this system still lacks ${describe(left)}.`);
  return left.length === 0;
}

/** What a purpose lacks, as a sentence; null where all is there. */
export async function describeLacks(purpose: Purpose): Promise<string | null> {
  const lacks = await findLacks([purpose]);
  return lacks.length === 0 ? null : `This system lacks ${describe(lacks)}.`;
}

/** Whether a window can be shown. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');
}

async function findLacks(purposes: readonly Purpose[]): Promise<Lack[]> {
  if (process.platform !== 'linux') return [];
  const wanted = SYSTEM_REQUIREMENTS.filter((entry) => entry.purposes.some((purpose) => purposes.includes(purpose)));
  const found = await Promise.all(wanted.map(async (entry) => ({ requirement: entry, what: await entry.missing() })));
  return found.flatMap(({ requirement, what }) => (what === undefined ? [] : [{ requirement, what }]));
}

function describe(lacks: readonly Lack[]): string {
  return lacks.map(({ requirement, what }) => `${requirement.name} (${what})`).join(', ');
}

async function install(packages: readonly string[], log: (line: string) => void): Promise<void> {
  await updateLists();
  const { fromApt, needsPlaywrightBrowser } = await plan(packages);
  if (fromApt.length > 0) {
    log(`Installing with apt: ${fromApt.join(' ')}`);
    await installPackages(fromApt);
  }
  if (needsPlaywrightBrowser) {
    log("Installing Playwright's Chromium, because this release has Chromium as a snap only");
    const { code, output } = await runNode(PLAYWRIGHT, ['install', '--with-deps', 'chromium']);
    if (code !== 0) log(output.trim().split('\n').slice(-5).join('\n'));
  }
}

async function installLine(packages: readonly string[]): Promise<string> {
  const { fromApt, needsPlaywrightBrowser } = await plan(packages);
  const apt = `sudo sh -c 'apt-get update && apt-get ${installArguments(fromApt).slice(2).join(' ')}'`;
  const browser = 'npx playwright install --with-deps chromium';
  const commands = [...(fromApt.length > 0 ? [apt] : []), ...(needsPlaywrightBrowser ? [browser] : [])];
  return commands.join(' && ');
}

/** Sorts what apt brings from the browser of a release that has it as a snap only. */
async function plan(packages: readonly string[]): Promise<{ fromApt: string[]; needsPlaywrightBrowser: boolean }> {
  const browsers = new Set(SYSTEM_REQUIREMENTS.filter(isBrowser).flatMap((entry) => entry.packages));
  const needsBrowser = packages.some((name) => browsers.has(name));
  const others = packages.filter((name) => !browsers.has(name));
  const needsPlaywrightBrowser = needsBrowser && isUbuntu();
  return { fromApt: await resolvePackages(needsPlaywrightBrowser ? others : packages), needsPlaywrightBrowser };
}

if (import.meta.main) {
  const purpose = PURPOSES.find((known) => known === process.argv[2]);
  if (purpose === undefined) {
    console.error(`Say for what: preflight ${PURPOSES.join(' | ')}`);
    process.exitCode = 1;
  } else {
    const log = (line: string) => console.error(line);
    try {
      if (!(await preflight(purpose, log))) process.exitCode = 1;
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    }
  }
}
