import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a file that only this account may read, in a folder that only it may look into. The old content stands until the new one is on
 * disk whole: a crash leaves the one or the other, never half of each. Of one file, one write at a time.
 */
export async function writeSecretFile(file: string, content: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const draft = draftOf(file);
  await rm(draft, { force: true });
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(content, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Reads a file as text; null where there is none. */
export async function readSecretFile(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Removes a file, and what a crash has left of writing it; harmless where there is none. */
export async function removeSecretFile(file: string): Promise<void> {
  await rm(draftOf(file), { force: true });
  await rm(file, { force: true });
  await syncFolder(path.dirname(file));
}

function draftOf(file: string): string {
  return `${file}.new`;
}

/**
 * Without it a power failure may bring back the name's old content. The new one is in place already, so that a file system that can't do
 * it, as Windows', is no failure.
 */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file itself is on disk.
  }
}
