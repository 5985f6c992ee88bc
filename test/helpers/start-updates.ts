import { EventEmitter } from 'node:events';
import path from 'node:path';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import type { NoticeText } from '../../src-main/app/health/health-notice.ts';
import { QuitGuard } from '../../src-main/app/shell/quit-guard.ts';
import { SettingsStore } from '../../src-main/app/settings-store.ts';
import { initialUpdateState } from '../../src-main/app/updates/initial-update-state.ts';
import type { PackageKind } from '../../src-main/app/updates/package-kind.ts';
import { UpdateController } from '../../src-main/app/updates/update-controller.ts';
import { makeUpdateFetch } from '../../src-main/app/updates/update-fetch.ts';
import { directRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import type { UpdateState } from '../../src-shared/updates/update-state.ts';
import type { UpdateFeed } from './start-update-feed.ts';
import { findAddresses } from './this-machine.ts';

/** By Node; Chromium is in the tests of the whole app. */
export const fetchFeed = makeUpdateFetch({
  proxy: { needsNode: true, findRoutes: directRoutes },
  request: () => {
    throw new Error('Chromium is not there.');
  },
  extraCertificates: () => [],
  findAddresses,
});

export interface StartedUpdates {
  readonly updates: UpdateController;
  readonly state: () => UpdateState;
  readonly settings: SettingsStore;
  readonly installed: readonly string[];
  readonly notices: readonly NoticeText[];
  /** What was done, in order: `installed`, `closed` for the app's parts, `relaunch`, `ended` for the app itself. */
  readonly done: readonly string[];
  /** As the operating system does, which asks nobody. */
  readonly endSession: () => Promise<void>;
}

export interface StartUpdatesOptions {
  readonly feed: UpdateFeed;
  /** Of the app's data; a second start in the same one is the next of the app. */
  readonly folder: string;
  readonly version?: string;
  readonly kind?: PackageKind | null;
  readonly install?: (file: string) => Promise<void>;
  readonly appImage?: string;
  readonly confirmRestart?: () => Promise<boolean>;
  readonly keys?: UpdateFeed['publicKey'][];
}

/** The updates of the app on real parts, put together as by the app itself; only Electron's `app` is none. */
export function startUpdates(options: StartUpdatesOptions): StartedUpdates {
  const { feed, folder, kind = 'deb', version = '1.0.0', keys = [feed.publicKey] } = options;
  const settings = new SettingsStore(folder);
  const publisher = { feedUrl: feed.url, publicKeys: keys, isForTests: false };
  const updatesState = initialUpdateState({ publisher, kind, isPackaged: true, settings: settings.current });
  const state = new AppStateStore({
    updates: updatesState,
    language: 'en',
    isWindowShown: false,
  } as unknown as AppState);
  const installed: string[] = [];
  const notices: NoticeText[] = [];
  const done: string[] = [];
  const app = makeApp(done);
  const quitting = new QuitGuard({
    app,
    confirm: async () => Promise.reject(new Error('Nobody is to be asked a second time.')),
    closeParts: async () => void done.push('closed'),
  });
  const updates = new UpdateController({
    state,
    settings,
    publisher,
    kind,
    version,
    folder: path.join(folder, 'updates'),
    updateFile: null,
    fetch: fetchFeed,
    isLoopbackAllowed: true,
    now: Date.now,
    log: { info: () => undefined },
    notify: (notice) => void notices.push(notice),
    confirmRestart: options.confirmRestart ?? (async () => true),
    installPackage: async ({ file }) => {
      await options.install?.(file);
      installed.push(file);
      done.push('installed');
    },
    appImage: options.appImage ?? null,
    quit: (last) => quitting.quitAtOnce(last),
    relaunch: () => void done.push('relaunch'),
    leave: () => app.quit(),
  });
  return {
    updates,
    state: () => state.current.updates,
    settings,
    installed,
    notices,
    done,
    endSession: async () => quitting.quitAtOnce(),
  };
}

/** Ends as Electron's does: unless somebody prevents it. */
function makeApp(done: string[]): ConstructorParameters<typeof QuitGuard>[0]['app'] {
  const events = new EventEmitter();
  const quit = (): void => {
    let isPrevented = false;
    events.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    done.push(isPrevented ? 'prevented' : 'ended');
  };
  return { on: events.on.bind(events), quit } as ConstructorParameters<typeof QuitGuard>[0]['app'];
}
