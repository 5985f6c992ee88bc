import { existsSync } from 'node:fs';
import process from 'node:process';
import { chromium } from '@playwright/test';
import { runCommand } from './run-command.ts';

const NAMES = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser', 'microsoft-edge'];

/**
 * Finds a browser of the Chromium family that really starts: `POSTERN_CHROMIUM`, else one on PATH, else Playwright's
 * own. Ubuntu's `chromium-browser` without its snap is a script that fails, so each candidate must tell its version.
 * @returns the path or name to run; undefined where there is none.
 */
export async function findChromium(): Promise<string | undefined> {
  const own = chromium.executablePath();
  const candidates = [process.env['POSTERN_CHROMIUM'], ...NAMES, existsSync(own) ? own : undefined];
  for (const candidate of candidates) {
    if (candidate === undefined || candidate === '') continue;
    const { code } = await runCommand(candidate, ['--version'], { timeoutMs: 20_000 });
    if (code === 0) return candidate;
  }
  return undefined;
}
