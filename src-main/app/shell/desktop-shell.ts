import path from 'node:path';
import { type BrowserWindow, Menu, type WebContents } from 'electron';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import { eventChannel } from '../../../src-shared/ipc/channels.ts';
import type { Events } from '../../../src-shared/ipc/contract.ts';
import type { PageRequest } from '../../../src-shared/ipc/window-models.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import type { EngineLog } from '../../connector/engine-runtime.ts';
import type { AppStateStore } from '../app-state-store.ts';
import type { NoticeText } from '../health/health-notice.ts';
import type { SettingsStore } from '../settings-store.ts';
import { makeAppMenu } from './app-menu.ts';
import { AppTray } from './app-tray.ts';
import { MainWindow } from './main-window.ts';
import { NotificationCentre } from './notification-centre.ts';
import type { TrayCommand, TrayModel } from './tray-model.ts';

export interface DesktopShellOptions {
  readonly state: AppStateStore;
  readonly settings: SettingsStore;
  readonly log: EngineLog;
  readonly preloadFile: string;
  readonly assetsFolder: string;
  /** Whether closing the window ends it instead of hiding it. */
  readonly isQuitting: () => boolean;
  /** The operating system ends its session (Windows). */
  readonly onSessionEnd: () => void;
  /** Chosen in the menu. */
  readonly onQuit: () => void;
  /** Chosen in the tray; `page` comes with `openPage`. */
  readonly onTrayCommand: (command: TrayCommand, page?: PageRequest) => void;
}

/** What a person sees of the app on their desktop: window, menu, tray, notifications. Keeps them in step with the app's state. */
export class DesktopShell {
  readonly #options: DesktopShellOptions;
  readonly #window: MainWindow;
  readonly #tray: AppTray;
  readonly #notifications: NotificationCentre;
  #menuLanguage: Language | null = null;

  constructor(options: DesktopShellOptions) {
    const { state, settings, log, preloadFile, assetsFolder, isQuitting, onSessionEnd, onTrayCommand } = options;
    this.#options = options;
    this.#window = new MainWindow({
      preloadFile,
      iconFile: path.join(assetsFolder, 'icons/256x256.png'),
      settings,
      log,
      isQuitting,
      onSessionEnd,
      onShown: (isWindowShown) => state.set({ isWindowShown }),
    });
    this.#tray = new AppTray({ imagesFolder: path.join(assetsFolder, 'tray'), onCommand: onTrayCommand });
    this.#notifications = new NotificationCentre(path.join(assetsFolder, 'icons/128x128.png'), (page) =>
      this.openPage(page),
    );
    if (!this.#notifications.isSupported) log.warn({}, 'notifications.not-supported');
    this.#show(state.current);
    state.onChange((current) => {
      this.#show(current);
      this.emit('appState', current);
    });
  }

  /** Null while there is no window. */
  get contents(): WebContents | null {
    return this.#window.contents;
  }

  /** The window where it can be seen: what a dialog belongs to. */
  get visibleWindow(): BrowserWindow | null {
    return this.#window.visible;
  }

  get trayModel(): TrayModel | null {
    return this.#tray.model;
  }

  /** Brings the window to the front. */
  open(): void {
    this.#window.show();
  }

  /** Brings the window to the front with a page. */
  openPage({ page, trafficText }: PageRequest): void {
    this.open();
    this.emit('openPage', { page, trafficText });
  }

  notify(notice: NoticeText): void {
    this.#notifications.show(notice);
  }

  /** Tells the window, where there is one. */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    this.contents?.send(eventChannel(name), payload);
  }

  #show(state: AppState): void {
    this.#tray.show(state);
    if (state.language === this.#menuLanguage) return;
    this.#menuLanguage = state.language;
    const { language } = state;
    Menu.setApplicationMenu(Menu.buildFromTemplate(makeAppMenu({ language, onQuit: this.#options.onQuit })));
  }
}
