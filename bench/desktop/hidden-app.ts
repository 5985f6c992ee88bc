import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithThisProcess } from '../end-with-this-process.ts';
import { connectInspector } from '../inspector.ts';
import { benchEnvironment, type Start } from './desktop-app.ts';

/**
 * A desktop app as it starts with the machine, in the tray alone, and led by its main process: Playwright would keep a window
 * that nobody sees as if it were seen, and drawn on sixty times a second.
 */
export interface HiddenApp {
  readonly pid: number;
  /** Opens the window, or another page of it. */
  showPage(name: string): Promise<void>;
  hideWindow(): Promise<void>;
  quit(): Promise<void>;
}

const WAIT_MS = 30_000;
const LOOK_MS = 100;
const ELECTRON = "process.getBuiltinModule('module').createRequire('/')('electron')";
const WINDOW = `${ELECTRON}.BrowserWindow.getAllWindows()[0]`;

export async function startHidden({ command, args }: Start, userDataFolder: string): Promise<HiddenApp> {
  const child = spawn(command, ['--inspect=0', '--password-store=basic', ...args, '--hidden'], {
    env: benchEnvironment(userDataFolder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  endWithThisProcess(child);
  const inspector = await connectInspector(await findInspector(createInterface({ input: child.stderr })));
  const evaluate = async (expression: string): Promise<unknown> => {
    // A promise that nothing holds is collected before it is kept.
    const held = `globalThis.benchAnswer = Promise.resolve(${expression})`;
    const options = { expression: held, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await inspector.ask('Runtime.evaluate', options)) as {
      readonly result: { readonly value?: unknown };
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
    };
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? `It threw: ${expression}`);
  };
  const until = async (what: string, expression: string): Promise<void> => {
    const untilMs = performance.now() + WAIT_MS;
    while ((await evaluate(expression)) !== true) {
      if (performance.now() > untilMs) throw new Error(`${what} within ${WAIT_MS / 1000} s.`);
      await sleep(LOOK_MS);
    }
  };
  const inPage = (script: string): string => `${WINDOW}.webContents.executeJavaScript(${JSON.stringify(script)})`;
  await until('The app does not start', 'globalThis.posternTestSeam !== undefined');
  return {
    pid: child.pid ?? 0,
    async showPage(name) {
      await evaluate("posternTestSeam.clickTray('open')");
      const find = `[...document.querySelectorAll('nav button')].find((button) => button.textContent === '${name}')`;
      await until('There is no window', inPage(`${find} !== undefined`));
      await evaluate(inPage(`${find}.click()`));
      await until(`The page ${name} does not come`, inPage(`document.querySelector('h1')?.textContent === '${name}'`));
    },
    async hideWindow() {
      await evaluate(`${WINDOW}.hide()`);
    },
    async quit() {
      inspector.close();
      const closed = once(child, 'exit');
      // Nobody is asked then.
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function findInspector(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const url = /ws:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error('The app ended before it said where its inspector is.');
}
