import process from 'node:process';
import { _electron, type ElectronApplication, expect, type Page } from '@playwright/test';
import { buildDesktop } from '../../scripts/build-desktop.ts';
import { ROOT } from '../../scripts/run-command.ts';
import type { TestSeam } from '../../src-main/app/test-seam.ts';
import type { TrayCommand } from '../../src-main/app/shell/tray-model.ts';
import { keepLog } from '../helpers/test-log.ts';

export interface DesktopOptions {
  readonly userDataFolder: string;
  readonly serviceUrl?: string;
  readonly internalUrl?: string;
  /** Beside that of the tests: the display and the session bus of its own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running desktop app and its window. */
export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** What the window printed as an error, and errors that nobody caught. */
  readonly pageErrors: readonly string[];
  /** Waits for the next address that goes to the system browser. */
  nextOpenedUrl(): Promise<string>;
  tray(): Promise<ReturnType<TestSeam['tray']>>;
  clickTray(command: TrayCommand): Promise<void>;
  /** Ends the app as the operating system does at the end of its session: nobody is asked. */
  quit(): Promise<void>;
  /** Whether the app is gone, whoever ended it. */
  hasEnded(): boolean;
  /** Ends the app as a crash does. */
  kill(): Promise<void>;
}

/** Builds the app where that is needed, and starts it with a folder of its own. The caller ends it. */
export async function launchDesktop(options: DesktopOptions): Promise<Desktop> {
  await buildDesktop();
  // Chromium's sandbox refuses to run as root, and there alone it is left out.
  const rootFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    args: [...rootFlags, '--password-store=basic', ROOT],
    colorScheme: null,
    env: {
      ...inheritedEnvironment(),
      ...options.environment,
      FORCE_COLOR: '0',
      POSTERN_TEST_SEAM: '1',
      POSTERN_USER_DATA: options.userDataFolder,
      POSTERN_SERVICE_URL: options.serviceUrl ?? '',
      POSTERN_SUGGESTED_INTERNAL_URL: options.internalUrl ?? '',
    },
  });
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (data: Buffer) => keepLog(data.toString()));
  }
  let isGone = false;
  app.on('close', () => (isGone = true));
  const page = await app.firstWindow();
  const pageErrors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') pageErrors.push(message.text());
  });
  page.on('pageerror', (error) => pageErrors.push(String(error)));
  return {
    app,
    page,
    pageErrors,
    nextOpenedUrl: async () => {
      let url: string | undefined;
      await expect
        .poll(async () => (url = await app.evaluate(() => globalThis.posternTestSeam?.openedUrls.shift())))
        .toBeTruthy();
      return url ?? '';
    },
    tray: () => app.evaluate(() => globalThis.posternTestSeam?.tray() ?? null),
    clickTray: (command) =>
      app.evaluate((_electronModule, name) => globalThis.posternTestSeam?.clickTray(name), command),
    quit: async () => {
      const closed = app.waitForEvent('close');
      app.process().kill('SIGTERM');
      await closed;
    },
    hasEnded: () => isGone,
    kill: async () => {
      const closed = app.waitForEvent('close');
      app.process().kill('SIGKILL');
      await closed;
    },
  };
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
