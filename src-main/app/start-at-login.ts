import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { App } from 'electron';

const FILE_NAME = 'postern.desktop';
/** Starts in the tray. */
const HIDDEN = '--hidden';

export interface StartAtLoginOptions {
  readonly app: App;
  /** What is started: an AppImage is, in place of the program in it, whose place is gone after it. */
  readonly program: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether the app starts when its user signs in to this machine. Linux has no call for it: a file in the autostart folder of
 * the desktop does (XDG Desktop Application Autostart Specification).
 */
export class StartAtLogin {
  readonly #options: StartAtLoginOptions;

  constructor(options: StartAtLoginOptions) {
    this.#options = options;
  }

  get canBeSet(): boolean {
    return ['linux', 'win32', 'darwin'].includes(this.#options.platform);
  }

  get isOn(): boolean {
    const { app, platform } = this.#options;
    if (platform !== 'linux') return this.canBeSet && app.getLoginItemSettings({ args: [HIDDEN] }).openAtLogin;
    try {
      return !/^Hidden\s*=\s*true$/m.test(readFileSync(this.#file, 'utf8'));
    } catch {
      return false;
    }
  }

  set(isOn: boolean): void {
    const { app, platform } = this.#options;
    if (platform !== 'linux') {
      app.setLoginItemSettings({ openAtLogin: isOn, args: [HIDDEN] });
    } else if (isOn) {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, this.#entry, { mode: 0o644 });
    } else {
      rmSync(this.#file, { force: true });
    }
  }

  get #file(): string {
    const folder = this.#options.env['XDG_CONFIG_HOME'] ?? '';
    return path.join(folder === '' ? path.join(os.homedir(), '.config') : folder, 'autostart', FILE_NAME);
  }

  get #entry(): string {
    const { app, program } = this.#options;
    const command = [program, ...(app.isPackaged ? [] : [app.getAppPath()]), HIDDEN].map(quoted).join(' ');
    const lines = [
      '[Desktop Entry]',
      'Type=Application',
      'Name=Postern',
      `Exec=${command}`,
      // Once the program is gone, desktops pass over what is left of it here.
      `TryExec=${program}`,
      'X-GNOME-Autostart-enabled=true',
    ];
    return `${lines.join('\n')}\n`;
  }
}

/** As the Desktop Entry Specification quotes arguments. */
function quoted(argument: string): string {
  if (/^[\w./:=-]+$/.test(argument)) return argument;
  return `"${argument.replaceAll(/[\\"`$]/g, String.raw`\$&`).replaceAll('%', '%%')}"`;
}
