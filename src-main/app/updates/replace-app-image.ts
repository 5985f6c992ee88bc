import { chmod, copyFile, open, rename, rm } from 'node:fs/promises';
import { checkReleaseFile } from './release-file.ts';
import type { ReleaseFile } from './release.ts';

/**
 * Puts a downloaded AppImage in the place of the one that runs, whole or not at all; what runs keeps the old one open. The name stays, for
 * whatever starts it by that.
 * @param appImage the file that runs (`APPIMAGE`)
 * @throws PosternError `UPDATE_FILE_DAMAGED`; what the disk says
 */
export async function replaceAppImage(appImage: string, file: string, signedFor: ReleaseFile): Promise<void> {
  const copy = `${appImage}.new`;
  try {
    // In the same folder, so that the last step is one of the file system's own.
    await copyFile(file, copy);
    await checkReleaseFile(copy, signedFor);
    await chmod(copy, 0o755);
    await writeThrough(copy);
    await rename(copy, appImage);
  } catch (error) {
    await rm(copy, { force: true });
    throw error;
  }
}

/** Waits until the disk has it: a power cut right after the renaming would leave the name and not the octets. */
async function writeThrough(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
