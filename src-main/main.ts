import os from 'node:os';
import path from 'node:path';
import {
  app,
  clipboard,
  dialog,
  ipcMain,
  nativeTheme,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell as system,
} from 'electron';
import { pino } from 'pino';
import { THREAD_POOL_SIZE } from '../src-shared/addresses/name-lookups.ts';
import { packTraffic } from '../src-shared/connector/packed-traffic.ts';
import { outliveFailures } from '../src-shared/logging/failing-sink.ts';
import { CATALOGUES } from '../src-shared/text/catalogues.ts';
import { resolveLanguage } from '../src-shared/text/language.ts';
import { reasonOf } from '../src-shared/errors/reason-of.ts';
import type { PageRequest } from '../src-shared/ipc/window-models.ts';
import { AccountController } from './account/account-controller.ts';
import type { PublishingApi } from './account/publishing-api.ts';
import { makeTokenCache } from './account/token-cache.ts';
import { readAppEnvironment } from './app/app-environment.ts';
import { APP_ORIGIN, registerAppScheme, serveAppScheme } from './app/app-protocol.ts';
import { AppStateStore } from './app/app-state-store.ts';
import { describeOperatingSystem } from './connector/operating-system.ts';
import { CAPTURE_END_MS, CaptureController } from './app/capture/capture-controller.ts';
import { confirmQuit } from './app/shell/confirm-quit.ts';
import { DesktopShell } from './app/shell/desktop-shell.ts';
import { ConnectorController } from './app/connector-controller.ts';
import { isSafeExternalUrl, type OpenExternal } from './app/external-links.ts';
import { describeNotice } from './app/health/health-notice.ts';
import { HealthMonitor } from './app/health/health-monitor.ts';
import { watchDrains } from './app/watch-drains.ts';
import { ExtraAuthorities } from './app/extra-authorities.ts';
import { LastFailures } from './app/last-failures.ts';
import { LiveFigures } from './app/live-figures.ts';
import { MachineController } from './app/machine-controller.ts';
import type { Fetch } from './app/net-errors.ts';
import { LogBook } from './app/diagnostics/log-book.ts';
import { makeDiagnostics } from './app/diagnostics/make-diagnostics.ts';
import { chooseFileToRead, chooseFileToWrite } from './app/file-dialogs.ts';
import { firstAppState } from './app/first-app-state.ts';
import { OutboundProxy } from './app/outbound-proxy.ts';
import { makePublications } from './app/publications.ts';
import { QuitGuard } from './app/shell/quit-guard.ts';
import { restartArguments } from './app/restart-arguments.ts';
import { makeServiceFetch } from './app/service-fetch.ts';
import { SettingsStore } from './app/settings-store.ts';
import { SpokenError } from './app/spoken-error.ts';
import { StartAtLogin } from './app/start-at-login.ts';
import { openTestSeam } from './app/test-seam.ts';
import { makeFindAddresses } from './connector/loopback-lookup.ts';
import { BackendGuard } from './connector/policy/backend-guard.ts';
import { KeptInputs } from './app/kept-inputs.ts';
import { LeftBehindList } from './app/left-behind.ts';
import { UNDO_END_MS } from './app/undoable-creation.ts';
import { TrafficFeed } from './app/traffic-feed.ts';
import { TrafficIntake } from './app/traffic-intake.ts';
import { historyLimits } from './app/traffic-history/history-limits.ts';
import { TrafficHistory } from './app/traffic-history/traffic-history.ts';
import { runTrayCommand } from './app/shell/tray-actions.ts';
import type { TrayCommand } from './app/shell/tray-model.ts';
import { initialUpdateState } from './app/updates/initial-update-state.ts';
import { findInstallation } from './app/updates/installation.ts';
import { installPackage } from './app/updates/install-package.ts';
import { UpdateController } from './app/updates/update-controller.ts';
import { makeUpdateFetch } from './app/updates/update-fetch.ts';
import { secureApp, secureSession } from './app/window-security.ts';
import { makeHandlers } from './ipc/handlers.ts';
import { serveCalls } from './ipc/serve.ts';
import { makeIdentityVault } from './vault/identity-vault.ts';
import { openVaults } from './vault/open-vaults.ts';

/** Composes the desktop app. Each part is made here and knows only what it is given. */

const HERE = import.meta.dirname;
const RENDERER_FOLDER = path.join(HERE, '../renderer');
const ASSETS_FOLDER = path.join(HERE, '../assets');
const PRELOAD_FILE = path.join(HERE, '../preload/preload.cjs');
const WORKER_URL = new URL('./engine-worker.js', import.meta.url);
const HISTORY_WORKER_URL = new URL('./history-worker.js', import.meta.url);

/** What waits on a full disk; lines beyond it are given up. */
const MAX_UNWRITTEN_BYTES = 1_048_576;

process.env['UV_THREADPOOL_SIZE'] ??= String(THREAD_POOL_SIZE);
// As people read it, above notifications. The folder of the app's data keeps the package's name.
app.setName('Postern');
const environment = readAppEnvironment(process.env, process.argv, app.isPackaged);
if (environment.userDataFolder !== null) app.setPath('userData', environment.userDataFolder);
const standardError = pino.destination({ dest: 2, sync: true, maxLength: MAX_UNWRITTEN_BYTES });
outliveFailures(standardError, process);
const logBook = new LogBook({
  folder: path.join(app.getPath('userData'), 'logs'),
  write: (line) => void standardError.write(line),
});
const log = logBook.of('app');
registerAppScheme(protocol);
secureApp(app);

// Awaiting `ready` at the top level would wait for ever: it comes only once this module has been evaluated.
if (app.requestSingleInstanceLock()) void app.whenReady().then(start).catch(fail);
else app.quit();

async function start(): Promise<void> {
  const settings = new SettingsStore(app.getPath('userData'));
  nativeTheme.themeSource = settings.current.theme;
  secureSession(session.defaultSession);
  const authorities = new ExtraAuthorities({
    session: session.defaultSession,
    settings,
    file: environment.extraCaFile,
  });
  serveAppScheme(protocol, RENDERER_FOLDER);

  const vaults = await openVaults({
    app,
    safeStorage,
    tokensWithoutKeyStore: () => settings.current.signInWithoutKeyStore,
  });
  const proxy = new OutboundProxy({
    session: session.defaultSession,
    settings,
    passwordStore: vaults.proxyPassword,
  });
  await proxy.restore().catch((error: unknown) => log.error({ error: String(error) }, 'vault.proxy-unreadable'));
  const installation = findInstallation(app, environment);
  const { service, isSetupFinished } = settings.current;
  const state = new AppStateStore(
    firstAppState({
      version: app.getVersion(),
      locale: app.getLocale(),
      settings: settings.current,
      environment,
      protection: { connectorKey: vaults.identity.protection, tokens: vaults.tokens.protection },
      updates: initialUpdateState({ ...installation, settings: settings.current }),
    }),
  );

  const quitting = new QuitGuard({
    app,
    confirm: () => confirmQuit(dialog, shell.visibleWindow, state.current),
    closeParts: () => closeParts(),
  });
  const quit = (): void => void quitting.request();
  const updateConnector: PublishingApi['updateConnector'] = async (id, patch) => account.api.updateConnector(id, patch);
  const onTrayCommand = (command: TrayCommand, page?: PageRequest): void =>
    runTrayCommand(command, page, { state, log, shell, connector, capture, updateConnector, quit });
  const shell = new DesktopShell({
    state,
    settings,
    log,
    preloadFile: PRELOAD_FILE,
    assetsFolder: ASSETS_FOLDER,
    isQuitting: () => quitting.isQuitting,
    onSessionEnd: () => void quitting.quitAtOnce(),
    onQuit: quit,
    onTrayCommand,
  });
  const seam = environment.hasTestSeam
    ? openTestSeam({
        tray: () => shell.trayModel,
        clickTray: onTrayCommand,
        feedTraffic: (records) => intake.add(packTraffic(records)),
        killEngine: () => connector.killEngine(),
      })
    : null;
  const openInSystem: OpenExternal = seam?.openExternal ?? ((url) => system.openExternal(url));
  const health = new HealthMonitor({
    state,
    notify: (notice) => {
      const { language, service } = state.current;
      log.info({ notice: notice.kind }, 'health.changed');
      shell.notify(describeNotice(notice, language, service?.displayName ?? null));
    },
  });
  const openExternal: OpenExternal = async (url) => {
    if (!isSafeExternalUrl(url)) {
      throw new SpokenError('API_INVALID', (text) => text.onlyHttps(url), { target: 'url' });
    }
    await openInSystem(url);
  };

  const chromium: Fetch = (url, init) => net.fetch(url, { ...init, bypassCustomProtocolHandlers: true });
  const findAddresses = makeFindAddresses();
  const extraCertificates = (): readonly string[] => authorities.pems;
  const fetch = makeServiceFetch({ proxy, chromium, extraCertificates, findAddresses });
  const updates = new UpdateController({
    state,
    settings,
    ...installation,
    version: app.getVersion(),
    folder: path.join(app.getPath('userData'), 'updates'),
    fetch: makeUpdateFetch({ proxy, request: (options) => net.request(options), extraCertificates, findAddresses }),
    isLoopbackAllowed: environment.hasTestSeam,
    now: Date.now,
    log,
    notify: (notice) => shell.notify(notice),
    confirmRestart: (version) => confirmQuit(dialog, shell.visibleWindow, state.current, version),
    installPackage: seam?.installPackage ?? installPackage,
    quit: (last) => quitting.quitAtOnce(last),
    relaunch: () => {
      // In a test nobody is there to end the next one.
      if (seam === null) app.relaunch({ execPath: installation.program, args: restartArguments(process.argv) });
    },
    leave: () => app.quit(),
  });
  const guard = new BackendGuard(settings.current.allowList, Date.now, findAddresses);
  const traffic = new TrafficFeed((news) => shell.emit('traffic', news));
  const liveFigures = new LiveFigures();
  const lastFailures = new LastFailures();
  const history = new TrafficHistory({
    workerUrl: HISTORY_WORKER_URL,
    file: path.join(app.getPath('userData'), 'traffic.sqlite'),
    limits: historyLimits(settings.current.trafficHistory),
    log,
    onExportProgress: (progress) => shell.emit('trafficExport', progress),
    onState: (trafficHistory) => state.set({ trafficHistory }),
  });
  const cachePlugin = makeTokenCache(vaults.tokens, (error) =>
    log.warn({ error: String(error) }, 'vault.sign-in-unreadable'),
  );
  const account = new AccountController({
    state,
    settings,
    fetch,
    openExternal,
    cachePlugin,
    tokenStore: vaults.tokens,
  });
  const publications = makePublications(() => account.api, {
    owner: () => state.current.account?.userName ?? null,
    onTakenBack: (all) => leftBehind.show('application', all),
    now: Date.now,
  });
  watchDrains({ state, findOrigin: (connectorId) => account.api.findDrainOrigin(connectorId) });
  const intake = new TrafficIntake({ history, feed: traffic, liveFigures, lastFailures, health });
  state.onChange(({ engine }) => {
    if (engine === null) intake.endOpen(Date.now());
  });
  const connector = new ConnectorController({
    state,
    settings,
    storage: makeIdentityVault(vaults.identity),
    workerUrl: WORKER_URL,
    version: app.getVersion(),
    machineName: os.hostname(),
    operatingSystem: describeOperatingSystem(),
    extraCertificates,
    findRoutes: proxy.findRoutes,
    findAddresses,
    log: logBook.of('engine'),
    onTraffic: (batch) => intake.add(batch),
    onCaptured: (bodies) => capture.add(bodies),
    onHeads: (heads) => history.addHeads(heads),
    accessToken: async () => account.accessToken(),
    removeConnector: async (connectorId) => account.api.deleteConnector(connectorId),
    onTakenBack: (all) => leftBehind.show('connector', all),
  });
  const leftBehind = new LeftBehindList({
    state,
    settings,
    log,
    creations: () => ({ application: publications, connector: connector.enrolments }),
  });
  leftBehind.restore();

  const capture = new CaptureController({
    state,
    log,
    now: Date.now,
    audit: {
      start: (wanted) => account.api.startBodyCapture(wanted),
      end: async (id, end) => account.api.endBodyCapture(id, end),
    },
    order: (order) => connector.capture(order),
  });
  serveCalls({
    ipcMain,
    trustedContents: () => shell.contents,
    trustedOrigin: APP_ORIGIN,
    language: () => state.current.language,
    onUnexpected: (name, error) => log.error({ call: name, error: String(error) }, 'ipc.unexpected'),
    handlers: makeHandlers({
      state,
      settings,
      account,
      publications,
      leftBehind,
      connector,
      intake,
      keptInputs: new KeptInputs(),
      traffic,
      liveFigures,
      lastFailures,
      history,
      capture,
      guard,
      machine: new MachineController({
        state,
        settings,
        proxy,
        authorities,
        connector,
        history,
        guard,
        findAddresses,
        fetch,
        startAtLogin: new StartAtLogin({
          app,
          program: installation.program,
          platform: process.platform,
          env: process.env,
        }),
        chooseFile: (extensions) => chooseFileToRead(dialog, extensions),
      }),
      fetch,
      resolveProxy: (url) => proxy.describe(url),
      proxyCredentials: () => proxy.credentials,
      openExternal,
      chooseFile: (suggestedName) => chooseFileToWrite(dialog, suggestedName),
      copyText: (text) => void clipboard.writeText(text),
      applyTheme: (chosen) => {
        nativeTheme.themeSource = chosen;
      },
      diagnostics: makeDiagnostics({
        app,
        shell: system,
        logBook,
        vaults,
        serializedTokens: () => account.serializedTokens(),
      }),
      updates,
      systemLocale: app.getLocale(),
      emit: (name, payload) => shell.emit(name, payload),
    }),
  });

  app.on('second-instance', () => shell.open());
  app.on('activate', () => shell.open());
  // With the tray there, no window is no reason to quit.
  app.on('window-all-closed', () => undefined);
  const closeParts = async (): Promise<void> => {
    health.close();
    updates.close();
    capture.stop('quit');
    try {
      await Promise.all([connector.close(), capture.told(CAPTURE_END_MS), publications.undone(UNDO_END_MS)]);
    } finally {
      // After the engine: its last records are still to be written.
      await history.close();
      await logBook.close();
    }
  };

  // Left to Chromium's own handler of these signals, the app would ask, and who ends it is no person.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void quitting.quitAtOnce());
  powerMonitor.on('shutdown', (event?: { preventDefault: () => void }) => {
    // A moment's delay, so that what runs may finish.
    event?.preventDefault();
    void quitting.quitAtOnce();
  });

  await connector.restore();
  if (state.current.connector === null && isSetupFinished) {
    // Without an identity there is nothing to run: the wizard leads to enrolling again. One that only can't be opened now may be there
    // at the next start.
    if (state.current.identityProblem === null) settings.note({ isSetupFinished: false });
    state.set({ isSetupFinished: false });
  }
  await account
    .useService(service)
    .catch((error: unknown) => log.error({ error: String(error) }, 'account.not-restored'));
  if (!environment.isHidden) shell.open();
  void updates.start();
  log.info({ version: app.getVersion(), isSetUp: isSetupFinished }, 'desktop.ready');
}

function fail(error: unknown): void {
  log.error({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'desktop.failed');
  const { problems } = CATALOGUES[resolveLanguage('system', app.getLocale())];
  // Who waits for a window hears why none comes.
  if (!environment.isHidden) dialog.showErrorBox('Postern', problems.notStarted(reasonOf(error)));
  app.exit(1);
}
