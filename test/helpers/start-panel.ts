import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const SCREEN = { width: 1440, height: 1000 } as const;
/** Below the place where a window opens. */
const PANEL = { width: 96, height: 32 } as const;

/** A display of its own with a panel's tray in its lower right corner, and nothing else. */
export interface StartedPanel extends AsyncDisposable {
  /** For `DISPLAY`. */
  readonly display: string;
  readonly screen: typeof SCREEN;
  /** Where the panel lies on the screen, pixels. */
  readonly area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Starts Xvfb on a free display and `trayer`, a real panel, on that. */
export async function startPanel(): Promise<StartedPanel> {
  const size = `${SCREEN.width}x${SCREEN.height}x24`;
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const output = server.stdio[3] as Readable;
  const [number] = (await once(output, 'data')) as [Buffer];
  const display = `:${number.toString().trim()}`;
  const place = ['--edge', 'bottom', '--align', 'right', '--distance', '0', '--margin', '0'];
  const extent = [
    '--widthtype',
    'pixel',
    '--width',
    `${PANEL.width}`,
    '--heighttype',
    'pixel',
    '--height',
    `${PANEL.height}`,
  ];
  const colour = ['--tint', '0xf0f0f0', '--alpha', '0', '--transparent', 'true'];
  const panel = spawn('trayer', [...place, ...extent, ...colour], {
    env: { ...process.env, DISPLAY: display },
    stdio: 'ignore',
  });
  return {
    display,
    screen: SCREEN,
    area: { x: SCREEN.width - PANEL.width, y: SCREEN.height - PANEL.height, ...PANEL },
    [Symbol.asyncDispose]: async () => {
      await end(panel);
      await end(server);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
