import { chmod, cp, lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Puts `FROM=TO` in its place under a folder; a `FROM` that ends with a slash is the content of a folder. */
export async function placeFiles(pair: string, root: string): Promise<void> {
  const at = pair.lastIndexOf('=');
  const from = pair.slice(0, at);
  const to = path.join(root, pair.slice(at + 1));
  await mkdir(path.dirname(to), { recursive: true, mode: 0o755 });
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  await openToAll(to);
}

/** What root installs everybody may read, whatever the umask of who packs. */
async function openToAll(file: string): Promise<void> {
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return;
  await chmod(file, stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (!stats.isDirectory()) return;
  for (const name of await readdir(file)) await openToAll(path.join(file, name));
}
