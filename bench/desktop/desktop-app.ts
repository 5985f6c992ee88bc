import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { prepareDesktop } from '../../trial/setup/trial-desktop.ts';
import { endWithThisProcess } from '../end-with-this-process.ts';

/** A desktop app that a benchmark started, with its window, and how soon that was there. */
export interface BenchApp {
  readonly app: ElectronApplication;
  readonly quit: () => Promise<void>;
  readonly page: Page;
  /** From its start to the first paint of Chromium, and to a page with its content, ms. */
  readonly firstPaintMs: number;
  readonly usefulMs: number;
}

/** What an app that is set up keeps: whom it belongs to, and who it is. */
export interface Enrolled {
  readonly serviceUrl: string;
  /** As the service answers at `/.well-known/postern`. */
  readonly description: unknown;
  /** The identity file of a headless connector. */
  readonly identity: string;
}

/** A display where there is none. @returns what ends it */
export async function openDisplay(): Promise<() => void> {
  if (process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '') return () => undefined;
  const display = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1440x1000x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  endWithThisProcess(display);
  const [number] = (await once(createInterface({ input: display.stdout }), 'line')) as [string];
  process.env['DISPLAY'] = `:${number}`;
  return () => void display.kill('SIGTERM');
}

/** Builds the app where that is needed. @returns what starts it */
export function prepare(root: string): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  return prepareDesktop(root, new AbortController().signal);
}

/** A folder for an app that is set up already. */
export function writeUserData(folder: string, { serviceUrl, description, identity }: Enrolled): void {
  const settings = {
    version: 1,
    theme: 'light',
    language: 'en',
    service: { serviceUrl, description },
    isPathChecked: true,
    isSetupFinished: true,
    isPaused: false,
    window: null,
  };
  mkdirSync(path.join(folder, 'vault'), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
  const sealed = JSON.stringify({ version: 1, protection: 'file', content: identity });
  writeFileSync(path.join(folder, 'vault', 'connector.json'), sealed, { mode: 0o600 });
}

export type Start = Awaited<ReturnType<typeof prepare>>;

export async function startApp({ command, args }: Start, userDataFolder: string): Promise<BenchApp> {
  const startedAtMs = Date.now();
  const app = await _electron.launch({
    executablePath: command,
    args: ['--password-store=basic', ...args],
    env: benchEnvironment(userDataFolder),
  });
  const page = await app.firstWindow();
  await page.getByRole('heading', { level: 1 }).waitFor();
  const usefulMs = Date.now() - startedAtMs;
  // Chromium tells of a paint a while after it.
  const paintedAtMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const paint = list.getEntriesByName('first-contentful-paint')[0];
          if (paint !== undefined) resolve(performance.timeOrigin + paint.startTime);
        }).observe({ type: 'paint' as never, buffered: true });
      }),
  );
  const firstPaintMs = paintedAtMs - startedAtMs;
  return {
    app,
    page,
    firstPaintMs,
    // The heading may stand in the document before anything is drawn.
    usefulMs: Math.max(usefulMs, firstPaintMs),
    quit: async () => {
      const closed = app.waitForEvent('close');
      // Nobody is asked then.
      app.process().kill('SIGTERM');
      await closed;
    },
  };
}

export function benchEnvironment(userDataFolder: string): Record<string, string> {
  return { ...(process.env as Record<string, string>), POSTERN_TEST_SEAM: '1', POSTERN_USER_DATA: userDataFolder };
}
