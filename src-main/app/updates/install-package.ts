import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { ReleaseFile } from './release.ts';

/** Of what the installer said, its end is read (docs/limits.md). */
const MAX_OUTPUT_BYTES = 4096;
/** How pkexec says that nobody gave an administrator's password: dismissed, and refused (pkexec(1)). The script never ends so. */
const NOT_AUTHORISED = new Set([126, 127]);
/** How the script says that the file is another than the one signed for; neither dpkg nor rpm ends so. */
const DAMAGED = 65;

/** By which a package of Linux is put in place; both refuse one for another machine. */
const INSTALLERS = { deb: ['/usr/bin/dpkg', '-i'], rpm: ['/usr/bin/rpm', '-U'] } as const;

/** What asks for an administrator's password where the app does not run as root, which is the rule. */
const ASK_FIRST = process.getuid?.() === 0 ? [] : ['/usr/bin/pkexec'];

/**
 * Runs as root. The person's own programs may write in the folder of downloads: what is checked and installed is a copy that root alone
 * can write. Arguments: the file, its SHA-512 in hex, its size, the ending, and the installer.
 */
const SCRIPT = `
set -eu
file=$1 hash=$2 size=$3 ending=$4
shift 4
folder=$(mktemp -d /var/tmp/postern-update.XXXXXXXXXX)
trap 'rm -rf -- "$folder"' EXIT
copy=$folder/postern.$ending
head -c "$size" -- "$file" > "$copy"
echo "$hash  $copy" | sha512sum --check --status || exit ${DAMAGED}
"$@" "$copy" || { code=$?; [ "$code" -lt 126 ] || code=1; exit "$code"; }
`;

export interface PackageToInstall {
  readonly kind: keyof typeof INSTALLERS;
  readonly file: string;
  readonly signedFor: ReleaseFile;
  /** Where the installer writes what it has to say. */
  readonly logFile: string;
  /** The program that runs another as root, and its arguments; empty where that is needless. */
  readonly askFirst?: readonly string[];
  /** The package manager and its arguments; a test's own. */
  readonly installer?: readonly string[];
}

/**
 * Installs a package over the running app, as root, whom the person becomes by their own desktop's question for a password. The
 * app goes on meanwhile: nothing is lost where they think better of it. The installer doesn't need the app: it has a session of its own
 * and writes to a file, so that a package is not left half-configured where the app ends first.
 * @throws PosternError `UPDATE_NOT_PERMITTED`, `UPDATE_FILE_DAMAGED`, `UPDATE_INSTALL_FAILED`
 */
export async function installPackage({ kind, file, signedFor, logFile, ...options }: PackageToInstall): Promise<void> {
  const { askFirst = ASK_FIRST, installer = INSTALLERS[kind] } = options;
  const hash = Buffer.from(signedFor.sha512, 'base64').toString('hex');
  const script = ['/bin/sh', '-c', SCRIPT, 'sh', file, hash, String(signedFor.size), kind, ...installer];
  const [executable = '', ...args] = [...askFirst, ...script];
  const log = await open(logFile, 'w+', 0o600);
  try {
    const code = await run(executable, args, log);
    if (code === 0) return;
    if (askFirst.length > 0 && NOT_AUTHORISED.has(code)) {
      throw new PosternError('UPDATE_NOT_PERMITTED', { message: 'No administrator agreed to it.' });
    }
    if (code === DAMAGED) {
      throw new PosternError('UPDATE_FILE_DAMAGED', { message: `${file} has changed since it was downloaded.` });
    }
    const told = await lastLine(log);
    throw new PosternError('UPDATE_INSTALL_FAILED', { message: `${installer.join(' ')} ended with ${code}: ${told}` });
  } finally {
    await log.close();
  }
}

/** @returns with what it ended. @throws PosternError `UPDATE_NOT_PERMITTED` where it can't be started */
async function run(executable: string, args: readonly string[], log: FileHandle): Promise<number> {
  const child = spawn(executable, args, { detached: true, stdio: ['ignore', log.fd, log.fd] });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } catch (cause) {
    const message = `${executable} can’t be started: ${(cause as Error).message}`;
    throw new PosternError('UPDATE_NOT_PERMITTED', { message, cause });
  }
}

async function lastLine(log: FileHandle): Promise<string> {
  const { size } = await log.stat();
  const { buffer, bytesRead } = await log.read({
    buffer: Buffer.alloc(MAX_OUTPUT_BYTES),
    position: Math.max(0, size - MAX_OUTPUT_BYTES),
  });
  return buffer.toString('utf8', 0, bytesRead).trim().split('\n').at(-1) ?? '';
}
