import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asPosternError, PosternError } from '../../../src-shared/errors/postern-error.ts';
import {
  isFeedUrl,
  type UpdateProgress,
  type UpdateSettings,
  type UpdateState,
} from '../../../src-shared/updates/update-state.ts';
import type { AppStateStore } from '../app-state-store.ts';
import type { NoticeText } from '../health/health-notice.ts';
import type { SettingsStore } from '../settings-store.ts';
import { fetchRelease, type SignedRelease } from './fetch-release.ts';
import type { PackageToInstall } from './install-package.ts';
import type { PackageKind } from './package-kind.ts';
import type { PackagedUpdater } from './packaged-updater.ts';
import type { Publisher } from './publisher.ts';
import { parseRelease, type Release, releaseFileName } from './release.ts';
import { checkReleaseFile, findReleaseFile } from './release-file.ts';
import { readSignedRelease } from './release-signature.ts';
import { replaceAppImage } from './replace-app-image.ts';
import type { FeedFetch } from './update-fetch.ts';
import { describeUpdateNotice, type UpdateNotice } from './update-notice.ts';
import { isCheckDue } from './update-timing.ts';
import { describeFileFailure } from './update-troubles.ts';

/** A start has better to do at first. */
const FIRST_LOOK_MS = 60_000;
const LOOK_EVERY_MS = 900_000;
const PROGRESS_EVERY_MS = 250;

export interface UpdateControllerOptions {
  readonly state: AppStateStore;
  readonly settings: SettingsStore;
  readonly publisher: Publisher;
  /** Null for what was not installed by a package. */
  readonly kind: PackageKind | null;
  readonly version: string;
  /** Of the updates: what is downloaded, and what was signed for it. */
  readonly folder: string;
  /** electron-builder's `app-update.yml` of this package; null for none. */
  readonly updateFile: string | null;
  readonly fetch: FeedFetch;
  /** For tests alone: a feed on this machine without TLS. */
  readonly isLoopbackAllowed: boolean;
  readonly now: () => number;
  readonly log: { readonly info: (fields: object, event: string) => void };
  readonly notify: (notice: NoticeText) => void;
  /** Asks the person where users would notice. */
  readonly confirmRestart: (version: string) => Promise<boolean>;
  /** Installs a package of Linux over the running app. */
  readonly installPackage: (wanted: PackageToInstall) => Promise<void>;
  /** The AppImage that runs; null for another kind. */
  readonly appImage: string | null;
  /** Ends what runs, and then calls `last`, which ends the app; not where the app is ending already. */
  readonly quit: (last: () => void) => Promise<void>;
  /** Has the app start anew once it has ended. */
  readonly relaunch: () => void;
  /** Ends the app, whose parts have ended. */
  readonly leave: () => void;
}

/** Newer versions of the app: looks for them, downloads and installs them, each as a person wants it (ADR 0047). */
export class UpdateController {
  readonly #options: UpdateControllerOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #updater: PackagedUpdater | null = null;
  #known: Release | null = null;
  #file: string | null = null;
  /** Ends the check or the download that runs. */
  #running: AbortController | null = null;
  /** What goes to the feed or changes what lies in the folder comes one after the other. */
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(options: UpdateControllerOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier start has found and downloaded, as far as it still stands, and begins to look every day. */
  async start(): Promise<void> {
    if (!this.#canLook) return;
    const restored = this.#inTurn(async () => this.#restore());
    await restored.catch((error: unknown) => this.#log('updates.not-restored', { error: String(error) }));
    this.#tellUnfinished();
    const look = (): void => void this.lookIfDue();
    this.#timers.push(setTimeout(look, FIRST_LOOK_MS).unref(), setInterval(look, LOOK_EVERY_MS).unref());
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#running?.abort();
  }

  /** Asks the feed where that is due. Not beside a download, behind which a question would wait for hours, and the next ones with it. */
  async lookIfDue(): Promise<void> {
    const { settings, now } = this.#options;
    if (this.#running !== null || !this.#state.isAutomatic || !isCheckDue(settings.current.lastUpdateCheck, now()))
      return;
    await this.check().catch(() => undefined);
    const version = this.#state.release?.version;
    if (version === undefined || settings.current.toldUpdate === version) return;
    settings.note({ toldUpdate: version });
    this.#notify('available', version);
  }

  /** Asks the feed now. What goes wrong is in the state. @throws PosternError `UPDATE_UNSUPPORTED` */
  async check(): Promise<void> {
    if (!this.#canLook) throw new PosternError('UPDATE_UNSUPPORTED');
    await this.#inTurn(async (signal) => {
      const { phase } = this.#state;
      if (phase === 'installing') return;
      this.#set({ phase: 'checking', problem: null });
      try {
        const { fetch, publisher } = this.#options;
        await this.#take(await fetchRelease(fetch, this.#feedUrl, this.#fileName, publisher.publicKeys, signal));
        if (!signal.aborted) this.#remember(this.#known === null ? 'newest' : 'newer');
      } catch (error) {
        const before = phase === 'ready' && this.#file !== null ? 'ready' : 'idle';
        if (signal.aborted) {
          this.#set({ phase: before });
        } else {
          this.#fail(error, before);
          this.#remember('failed');
        }
      }
    });
  }

  /** What goes wrong is in the state. @throws PosternError `UPDATE_UNSUPPORTED` */
  async download(): Promise<void> {
    const release = this.#known;
    if (this.#state.ability !== 'installs' || release === null) throw new PosternError('UPDATE_UNSUPPORTED');
    await this.#inTurn(async (signal) => {
      if (this.#state.phase !== 'idle' || this.#known !== release) return;
      this.#set({ phase: 'downloading', problem: null, progress: null });
      try {
        const updater = await this.#openUpdater();
        const file = await updater.download({ signal, onProgress: this.#tellProgress() });
        signal.throwIfAborted();
        this.#file = file;
        this.#set({ phase: 'ready', progress: null });
        this.#log('updates.ready', { version: release.version });
        if (!this.#options.state.current.isWindowShown) this.#notify('ready', release.version);
      } catch (error) {
        if (signal.aborted) this.#set({ phase: 'idle', progress: null });
        else this.#fail(error, 'idle');
      }
    });
  }

  cancelDownload(): void {
    if (this.#state.phase === 'downloading') this.#running?.abort();
  }

  /** Asks, installs and starts the new version. What goes wrong is in the state. @throws PosternError `UPDATE_UNSUPPORTED` */
  async install(): Promise<void> {
    const { kind, confirmRestart } = this.#options;
    const [release, file] = [this.#known, this.#file];
    if (kind === null || release === null || file === null || this.#state.phase !== 'ready') {
      throw new PosternError('UPDATE_UNSUPPORTED');
    }
    this.#set({ phase: 'installing', problem: null });
    try {
      if (await confirmRestart(release.version)) await this.#installFile(kind, release, file);
      else this.#set({ phase: 'ready' });
    } catch (error) {
      this.#options.settings.note({ begunUpdate: null });
      const isDamaged = error instanceof PosternError && error.code === 'UPDATE_FILE_DAMAGED';
      if (isDamaged) {
        this.#file = null;
        // Or the next download would find it there.
        await rm(file, { force: true }).catch(() => undefined);
      }
      this.#fail(error, isDamaged ? 'idle' : 'ready');
    }
  }

  /** @throws PosternError `API_INVALID`, `API_CONFLICT` */
  async save(wanted: UpdateSettings): Promise<void> {
    const { settings } = this.#options;
    if (wanted.feedUrl !== null && !this.#isFeed(wanted.feedUrl)) {
      throw new PosternError('API_INVALID', { message: 'Give an https address.', target: 'feedUrl' });
    }
    if (this.#state.phase === 'installing') {
      throw new PosternError('API_CONFLICT', { message: 'An update is being installed.' });
    }
    const isElsewhere = wanted.feedUrl !== settings.current.updates.feedUrl;
    settings.update({ updates: wanted });
    this.#set(wanted);
    if (!isElsewhere) return;
    // Of what another feed said nothing is of use.
    this.#running?.abort();
    await this.#inTurn(async () => {
      await this.#forget();
      settings.note({ lastUpdateCheck: null });
      this.#set({ lastCheck: null, problem: null });
    });
  }

  get #state(): UpdateState {
    return this.#options.state.current.updates;
  }

  get #canLook(): boolean {
    return this.#state.ability === 'installs' || this.#state.ability === 'tells';
  }

  get #fileName(): string {
    return releaseFileName(process.platform, process.arch);
  }

  get #keptFile(): string {
    return path.join(this.#options.folder, this.#fileName);
  }

  async #inTurn(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.then(async () => {
      const abort = new AbortController();
      this.#running = abort;
      await work(abort.signal).finally(() => (this.#running = null));
    });
    this.#lastTurn = turn.catch(() => undefined);
    await turn;
  }

  async #installFile(kind: PackageKind, release: Release, file: string): Promise<void> {
    const { folder, appImage, installPackage, quit, relaunch, leave } = this.#options;
    const signedFor = findReleaseFile(release, kind, process.arch);
    // Since it was downloaded, days may have passed.
    await checkReleaseFile(file, signedFor);
    this.#log('updates.install', { version: release.version, kind });
    this.#options.settings.note({ begunUpdate: release.version });
    const startAnew = (): void => {
      relaunch();
      leave();
    };
    if (kind === 'nsis' || kind === 'mac') {
      const updater = await this.#openUpdater();
      const onFailed = (error: Error): void => {
        this.#log('updates.failed', { code: 'UPDATE_INSTALL_FAILED', message: error.message });
        startAnew();
      };
      await quit(() => updater.quitAndInstall(onFailed));
      return;
    }
    // While the app runs on: where it can't be, or nobody gives the password, nothing has happened.
    if (kind === 'appImage') await replaceAppImage(appImage ?? '', file, signedFor);
    else await installPackage({ kind, file, signedFor, logFile: path.join(folder, 'install.log') });
    await quit(startAnew);
  }

  /** @throws PosternError `UPDATE_UNSUPPORTED`, `UPDATE_FEED_INVALID` */
  get #feedUrl(): string {
    const url = this.#state.feedUrl ?? this.#state.builtInFeedUrl;
    if (url === null) throw new PosternError('UPDATE_UNSUPPORTED', { message: 'No feed of updates is set.' });
    if (!this.#isFeed(url)) throw new PosternError('UPDATE_FEED_INVALID', { message: `${url} is no https address.` });
    return url;
  }

  #isFeed(url: string): boolean {
    if (isFeedUrl(url)) return true;
    return this.#options.isLoopbackAllowed && /^http:\/\/127\.0\.0\.1:\d+\//.test(url);
  }

  async #restore(): Promise<void> {
    const text = await readFile(this.#keptFile, 'utf8').catch(() => null);
    if (text === null) return;
    const release = parseRelease(readSignedRelease(text, this.#fileName, this.#options.publisher.publicKeys));
    await this.#take({ release, text });
    const last = this.#state.lastCheck;
    // What was newer is what runs now.
    if (this.#known === null && last?.outcome === 'newer') this.#remember('newest', last.atMs);
  }

  /** That the app has ended for a version which is still the newer one. */
  #tellUnfinished(): void {
    const { settings } = this.#options;
    const version = settings.current.begunUpdate;
    if (version === null) return;
    settings.note({ begunUpdate: null });
    if (this.#known?.version !== version) return;
    this.#fail(new PosternError('UPDATE_NOT_INSTALLED'), this.#file === null ? 'idle' : 'ready');
    this.#notify('notInstalled', version);
  }

  /** Takes a release that was signed for as the one to go to, unless it is no newer than this. */
  async #take({ release, text }: SignedRelease): Promise<void> {
    const { folder, kind } = this.#options;
    const updater = await this.#openUpdater();
    const isNewer = await updater.offer({ release, feedUrl: this.#feedUrl });
    if (!isNewer) {
      await this.#forget();
      return;
    }
    this.#known = null;
    this.#file = null;
    this.#set({ release: null });
    const file = kind === null ? null : findReleaseFile(release, kind, process.arch);
    this.#known = release;
    this.#file = kind === null ? null : await updater.findDownloaded();
    const { version, notes, releasedAtMs } = release;
    this.#set({
      phase: this.#file === null ? 'idle' : 'ready',
      release: { version, notes, releasedAtMs, sizeBytes: file?.size ?? null },
    });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(this.#keptFile, text, { mode: 0o600 });
  }

  /** What was downloaded goes, too: it may be a hundred megabytes. */
  async #forget(): Promise<void> {
    this.#known = null;
    this.#file = null;
    this.#set({ phase: 'idle', release: null });
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  /** Loaded where it is needed: most starts don't. */
  async #openUpdater(): Promise<PackagedUpdater> {
    if (this.#updater !== null) return this.#updater;
    const { kind, version, folder, fetch, relaunch, leave } = this.#options;
    const { PackagedUpdater } = await import('./packaged-updater.ts');
    this.#updater = new PackagedUpdater({
      // Of one that can't install, what it says of versions alone is asked.
      kind: kind ?? 'deb',
      version,
      folder,
      configFile: this.#options.updateFile,
      fetch,
      relaunch,
      leave,
      log: (line) => this.#log('updates.updater', { line }),
    });
    return this.#updater;
  }

  #tellProgress(): (progress: UpdateProgress) => void {
    let toldAtMs = Number.NEGATIVE_INFINITY;
    return (progress) => {
      const nowMs = performance.now();
      if (nowMs - toldAtMs < PROGRESS_EVERY_MS && progress.receivedBytes < progress.totalBytes) return;
      toldAtMs = nowMs;
      this.#set({ progress });
    };
  }

  #remember(outcome: 'newest' | 'newer' | 'failed', atMs = this.#options.now()): void {
    const lastCheck = { atMs, outcome };
    this.#options.settings.note({ lastUpdateCheck: lastCheck });
    this.#set({ lastCheck });
  }

  #fail(error: unknown, phase: 'idle' | 'ready'): void {
    const { code, message } = describeFileFailure(error) ?? asPosternError(error, 'UPDATE_INSTALL_FAILED');
    this.#log('updates.failed', { code, message });
    this.#set({ phase, progress: null, problem: { code, message } });
  }

  #notify(kind: UpdateNotice, version: string): void {
    this.#options.notify(describeUpdateNotice(kind, version, this.#options.state.current.language));
  }

  #set(change: Partial<UpdateState>): void {
    this.#options.state.set({ updates: { ...this.#state, ...change } });
  }

  #log(event: string, fields: object): void {
    this.#options.log.info(fields, event);
  }
}
