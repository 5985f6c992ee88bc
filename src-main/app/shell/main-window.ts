import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { EngineLog } from '../../connector/engine-runtime.ts';
import { APP_ORIGIN } from '../app-protocol.ts';
import { ReloadDelay } from './reload-delay.ts';
import type { Settings, SettingsStore } from '../settings-store.ts';

export interface MainWindowOptions {
  readonly preloadFile: string;
  readonly iconFile: string;
  readonly settings: SettingsStore;
  readonly log: EngineLog;
  /** Whether closing hides the window (the engine goes on) instead of ending it. */
  readonly isQuitting: () => boolean;
  /** The operating system ends its session (Windows). */
  readonly onSessionEnd: () => void;
  /** Told when the window can be seen, and when it can't any more. */
  readonly onShown: (isShown: boolean) => void;
}

const DEFAULT_SIZE = { width: 1200, height: 780 } as const;
const MINIMUM_SIZE = { minWidth: 960, minHeight: 640 } as const;
const SAVE_DELAY_MS = 400;

/** The one window. It is made when first shown, hidden when closed, and made again should its process have died. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  readonly #reloadDelay = new ReloadDelay();
  #window: BrowserWindow | null = null;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  get contents(): Electron.WebContents | null {
    const window = this.#window;
    return window === null || window.isDestroyed() ? null : window.webContents;
  }

  /** The window where it can be seen: what a dialog belongs to. */
  get visible(): BrowserWindow | null {
    const window = this.#window;
    return window === null || window.isDestroyed() || !window.isVisible() ? null : window;
  }

  /** Brings the window to the front. */
  show(): void {
    const window = this.#window ?? this.#make();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  #make(): BrowserWindow {
    const kept = this.#options.settings.current.window;
    const window = new BrowserWindow({
      ...DEFAULT_SIZE,
      ...MINIMUM_SIZE,
      ...(kept !== null && isOnScreen(kept) ? { x: kept.x, y: kept.y, width: kept.width, height: kept.height } : {}),
      show: false,
      title: 'Postern',
      icon: this.#options.iconFile,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#1f1f1f' : '#fafafa',
      webPreferences: {
        preload: this.#options.preloadFile,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
        webviewTag: false,
        navigateOnDragDrop: false,
      },
    });
    this.#window = window;
    if (kept?.isMaximized === true) window.maximize();
    window.on('close', (event) => {
      if (this.#options.isQuitting()) return;
      event.preventDefault();
      window.hide();
    });
    window.on('session-end', this.#options.onSessionEnd);
    window.on('closed', () => {
      this.#window = null;
      this.#options.onShown(false);
    });
    const tellShown = (): void => this.#options.onShown(window.isVisible() && !window.isMinimized());
    window.on('show', tellShown);
    window.on('restore', tellShown);
    window.on('hide', tellShown);
    window.on('minimize', tellShown);
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      const delayMs = this.#reloadDelay.next(performance.now());
      this.#options.log.error({ reason, exitCode, delayMs }, 'window.gone');
      // From within the event, a load would take the whole app down with it.
      setTimeout(() => {
        if (!this.#options.isQuitting() && !window.isDestroyed()) void window.loadURL(`${APP_ORIGIN}/`);
      }, delayMs);
    });
    keepBounds(window, this.#options.settings);
    void window.loadURL(`${APP_ORIGIN}/`);
    return window;
  }
}

function keepBounds(window: BrowserWindow, settings: SettingsStore): void {
  let timer: NodeJS.Timeout | null = null;
  const save = (): void => {
    if (window.isDestroyed()) return;
    settings.note({ window: { ...window.getNormalBounds(), isMaximized: window.isMaximized() } });
  };
  const later = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(save, SAVE_DELAY_MS);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('close', save);
  window.on('closed', () => {
    if (timer !== null) clearTimeout(timer);
  });
}

/** Whether a kept place still lies on a screen, which may have been unplugged since. */
function isOnScreen(bounds: NonNullable<Settings['window']>): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const isWithinX = bounds.x < workArea.x + workArea.width && bounds.x + bounds.width > workArea.x;
    return isWithinX && bounds.y >= workArea.y && bounds.y < workArea.y + workArea.height;
  });
}
