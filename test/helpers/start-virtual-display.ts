import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { endProcess } from './session-bus.ts';

const SCREEN = { width: 1440, height: 1000 } as const;

export interface ScreenArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A screen with nothing on it. */
export interface VirtualDisplay extends AsyncDisposable {
  /** For `DISPLAY`. */
  readonly display: string;
  readonly screen: typeof SCREEN;
}

/** Starts Xvfb on a free display. */
export async function startVirtualDisplay(): Promise<VirtualDisplay> {
  const size = `${SCREEN.width}x${SCREEN.height}x24`;
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const output = server.stdio[3] as Readable;
  const [number] = (await once(output, 'data')) as [Buffer];
  return {
    display: `:${number.toString().trim()}`,
    screen: SCREEN,
    [Symbol.asyncDispose]: () => endProcess(server),
  };
}
