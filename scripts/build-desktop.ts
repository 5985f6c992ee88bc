import { existsSync, globSync, statSync } from 'node:fs';
import { cp, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
import { DESKTOP_OUTPUT, mainConfig, preloadConfig, rendererConfig } from './desktop-vite.ts';
import { ROOT } from './run-command.ts';

/** What the build reads; a change in any of it makes the next build a real one. */
const SOURCES = [
  'src-main/**/*',
  'src-renderer/**/*',
  'src-shared/**/*',
  'assets/**/*',
  'scripts/*desktop*.ts',
  'package-lock.json',
];
const STAMP = path.join(DESKTOP_OUTPUT, '.built');

/**
 * Builds the desktop app into `dist/desktop/{main,preload,renderer,assets}`, or does nothing where the last build is
 * newer than every source.
 * @returns whether it built.
 */
export async function buildDesktop(): Promise<boolean> {
  const startedAt = new Date();
  if (isFresh()) return false;
  await Promise.all([build(mainConfig), build(preloadConfig), build(rendererConfig)]);
  await cp(path.join(ROOT, 'assets'), path.join(DESKTOP_OUTPUT, 'assets'), { recursive: true });
  await writeFile(STAMP, startedAt.toISOString());
  // A source that changed while the build ran must count as newer.
  await utimes(STAMP, startedAt, startedAt);
  return true;
}

function isFresh(): boolean {
  if (!existsSync(STAMP)) return false;
  const builtAtMs = statSync(STAMP).mtimeMs;
  return globSync(SOURCES, { cwd: ROOT }).every((file) => statSync(path.join(ROOT, file)).mtimeMs < builtAtMs);
}

if (import.meta.main) {
  const hasBuilt = await buildDesktop();
  console.log(
    hasBuilt ? `Desktop app built into ${path.relative(ROOT, DESKTOP_OUTPUT)}.` : 'The desktop app is up to date.',
  );
}
