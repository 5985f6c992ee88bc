import { spawn } from 'node:child_process';
import { endProcess } from './session-bus.ts';
import { type ScreenArea, startVirtualDisplay, type VirtualDisplay } from './start-virtual-display.ts';

/** Below the place where a window opens. */
const PANEL = { width: 96, height: 32 } as const;

/** A display of its own with a panel's tray in its lower right corner, and nothing else: no session bus. */
export interface StartedPanel extends VirtualDisplay {
  /** Where the panel lies on the screen, pixels. */
  readonly area: ScreenArea;
}

/** Starts `trayer`, a real panel that knows trays of the old kind (XEmbed) alone. */
export async function startPanel(): Promise<StartedPanel> {
  const display = await startVirtualDisplay();
  const place = ['--edge', 'bottom', '--align', 'right', '--distance', '0', '--margin', '0'];
  const width = ['--widthtype', 'pixel', '--width', `${PANEL.width}`];
  const height = ['--heighttype', 'pixel', '--height', `${PANEL.height}`];
  const colour = ['--tint', '0xf0f0f0', '--alpha', '0', '--transparent', 'true'];
  const panel = spawn('trayer', [...place, ...width, ...height, ...colour], {
    env: { ...process.env, DISPLAY: display.display },
    stdio: 'ignore',
  });
  const { screen } = display;
  return {
    ...display,
    area: { x: screen.width - PANEL.width, y: screen.height - PANEL.height, ...PANEL },
    [Symbol.asyncDispose]: async () => {
      await endProcess(panel);
      await display[Symbol.asyncDispose]();
    },
  };
}
