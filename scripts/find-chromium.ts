import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { chromium } from '@playwright/test';
import { runCommand } from './run-command.ts';

const NAMES = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser', 'microsoft-edge'];

/**
 * Finds a browser of the Chromium family that really starts: `POSTERN_CHROMIUM`, else one on PATH, else Playwright's
 * own. Ubuntu's `chromium-browser` without its snap is a script that fails, so each candidate must tell its version.
 * @returns its absolute path, which is what Playwright wants; undefined where there is none.
 */
export async function findChromium(): Promise<string | undefined> {
  const own = chromium.executablePath();
  const named = [process.env['POSTERN_CHROMIUM'] ?? '', ...NAMES].map(findOnPath);
  for (const candidate of [...named, existsSync(own) ? own : undefined]) {
    if (candidate === undefined) continue;
    const { code } = await runCommand(candidate, ['--version'], { timeoutMs: 20_000 });
    if (code === 0) return candidate;
  }
  return undefined;
}

/** The file that a name stands for on PATH, or the path itself. */
function findOnPath(name: string): string | undefined {
  if (name === '') return undefined;
  if (path.isAbsolute(name)) return name;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}
