import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { type PackageKind, fileEnding } from './package-kind.ts';
import type { Release, ReleaseFile } from './release.ts';

/** How files name the machines they are for: electron-builder's own names, dpkg's and rpm's. */
const MACHINES = {
  x64: /x64|amd64|x86_64/i,
  arm64: /arm64|aarch64/i,
  arm: /armv7l|armhf/i,
  ia32: /ia32|i386|i686/i,
} as const satisfies Partial<Record<NodeJS.Architecture, RegExp>>;

/**
 * The file of a release for this machine: the one that names it, else one that names none and so is for all. Pure.
 * @throws PosternError `UPDATE_FEED_INVALID` where the release has none
 */
export function findReleaseFile(release: Release, kind: PackageKind, arch: string): ReleaseFile {
  const ending = fileEnding(kind);
  const files = release.files.filter(({ url }) => url.endsWith(ending));
  const machineOf = ({ url }: ReleaseFile): string | undefined =>
    Object.entries(MACHINES).find(([, name]) => name.test(url))?.[0];
  const file = files.find((each) => machineOf(each) === arch) ?? files.find((each) => machineOf(each) === undefined);
  if (file !== undefined) return file;
  throw new PosternError('UPDATE_FEED_INVALID', {
    message: `Version ${release.version} has no ${ending} file for this machine (${arch}).`,
  });
}

/** That a file is the one that was signed for. @throws PosternError `UPDATE_FILE_DAMAGED` */
export async function checkReleaseFile(file: string, { sha512 }: ReleaseFile): Promise<void> {
  const digest = createHash('sha512');
  try {
    await pipeline(createReadStream(file), digest);
  } catch (cause) {
    throw new PosternError('UPDATE_FILE_DAMAGED', { message: `${file} can not be read any more.`, cause });
  }
  if (digest.digest('base64') !== sha512) {
    throw new PosternError('UPDATE_FILE_DAMAGED', { message: `${file} has changed since it was downloaded.` });
  }
}
