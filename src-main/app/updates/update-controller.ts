import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asPosternError, PosternError } from '../../../src-shared/errors/postern-error.ts';
import {
  isFeedUrl,
  type UpdateProgress,
  type UpdateSettings,
  type UpdateState,
} from '../../../src-shared/updates/update-state.ts';
import type { AppStateStore } from '../app-state-store.ts';
import type { NoticeText } from '../health/health-notice.ts';
import type { Fetch } from '../net-errors.ts';
import type { SettingsStore } from '../settings-store.ts';
import { fetchRelease, type SignedRelease } from './fetch-release.ts';
import { type PackageKind, fileEnding } from './package-kind.ts';
import type { PackagedUpdater } from './packaged-updater.ts';
import type { Publisher } from './publisher.ts';
import { parseRelease, type Release, type ReleaseFile, releaseFileName } from './release.ts';
import { readSignedRelease } from './release-signature.ts';
import { describeUpdateNotice } from './update-notice.ts';
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
  /** electron-builder's `app-update.yml` of this package; null has one written. */
  readonly configFile: string | null;
  readonly fetch: Fetch;
  /** For tests alone: a feed on this machine without TLS. */
  readonly isLoopbackAllowed: boolean;
  readonly now: () => number;
  readonly log: { readonly info: (fields: object, event: string) => void };
  readonly notify: (notice: NoticeText) => void;
  /** Asks the person where users would notice. */
  readonly confirmRestart: (version: string) => Promise<boolean>;
  /** Installs a package of Linux over the running app. */
  readonly installPackage: (kind: 'deb' | 'rpm', file: string) => Promise<void>;
  /** Ends what runs and then the app, by `leave` where that does more than to quit. */
  readonly quit: (leave?: () => void) => Promise<void>;
  readonly relaunch: () => void;
}

/** Newer versions of the app: looks for them, downloads and installs them, each as a person wants it (ADR 0047). */
export class UpdateController {
  readonly #options: UpdateControllerOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #updater: PackagedUpdater | null = null;
  #known: Release | null = null;
  #file: string | null = null;
  #download: AbortController | null = null;

  constructor(options: UpdateControllerOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier start has found and downloaded, as far as it still stands, and begins to look every day. */
  async start(): Promise<void> {
    if (!this.#canLook) return;
    await this.#restore().catch((error: unknown) => this.#log('updates.not-restored', { error: String(error) }));
    const look = (): void => void this.#lookIfDue();
    this.#timers.push(setTimeout(look, FIRST_LOOK_MS).unref(), setInterval(look, LOOK_EVERY_MS).unref());
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#download?.abort();
  }

  /** Asks the feed now. What goes wrong is in the state. @throws PosternError `UPDATE_UNSUPPORTED` */
  async check(): Promise<void> {
    if (!this.#canLook) throw new PosternError('UPDATE_UNSUPPORTED');
    const { phase, feedUrl } = this.#state;
    if (phase !== 'idle' && phase !== 'ready') return;
    this.#set({ phase: 'checking', problem: null });
    try {
      const { fetch, publisher } = this.#options;
      const signed = await fetchRelease(fetch, this.#feedUrl, this.#fileName, publisher.publicKeys);
      // Another feed was set meanwhile: what this one says is of no use.
      if (this.#state.feedUrl !== feedUrl) return;
      await this.#take(signed);
      this.#remember(this.#known === null ? 'newest' : 'newer');
    } catch (error) {
      if (this.#state.feedUrl !== feedUrl) return;
      this.#fail(error, phase === 'ready' && this.#file !== null ? 'ready' : 'idle');
      this.#remember('failed');
    }
  }

  /** What goes wrong is in the state. @throws PosternError `UPDATE_UNSUPPORTED` */
  async download(): Promise<void> {
    const release = this.#known;
    if (this.#state.ability !== 'installs' || release === null) throw new PosternError('UPDATE_UNSUPPORTED');
    if (this.#state.phase !== 'idle') return;
    const abort = new AbortController();
    this.#download = abort;
    this.#set({ phase: 'downloading', problem: null, progress: null });
    try {
      const updater = await this.#openUpdater();
      this.#file = await updater.download({ signal: abort.signal, onProgress: this.#tellProgress() });
      this.#set({ phase: 'ready', progress: null });
      this.#log('updates.ready', { version: release.version });
      if (!this.#options.state.current.isWindowShown) this.#notify('ready', release.version);
    } catch (error) {
      if (abort.signal.aborted) this.#set({ phase: 'idle', progress: null });
      else this.#fail(error, 'idle');
    } finally {
      this.#download = null;
    }
  }

  cancelDownload(): void {
    this.#download?.abort();
  }

  /** Asks, installs and starts the new version. What goes wrong is in the state. @throws PosternError `UPDATE_UNSUPPORTED` */
  async install(): Promise<void> {
    const { kind, confirmRestart, installPackage, quit, relaunch } = this.#options;
    const { phase } = this.#state;
    const [release, file] = [this.#known, this.#file];
    if (kind === null || release === null || file === null || phase !== 'ready') {
      throw new PosternError('UPDATE_UNSUPPORTED');
    }
    if (!(await confirmRestart(release.version))) return;
    this.#set({ phase: 'installing', problem: null });
    try {
      // Since it was downloaded, days may have passed.
      await checkFile(file, fileFor(release, kind));
      this.#log('updates.install', { version: release.version, kind });
      if (kind === 'deb' || kind === 'rpm') {
        // While the app runs on: where nobody gives the password, nothing has happened.
        await installPackage(kind, file);
        relaunch();
        await quit();
      } else {
        const updater = await this.#openUpdater();
        await quit(() => updater.quitAndInstall());
      }
    } catch (error) {
      const isDamaged = error instanceof PosternError && error.code === 'UPDATE_FILE_DAMAGED';
      if (isDamaged) this.#file = null;
      this.#fail(error, isDamaged ? 'idle' : 'ready');
    }
  }

  /** @throws PosternError `API_INVALID` */
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
    this.#download?.abort();
    await this.#forget();
    this.#set({ problem: null });
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

  async #lookIfDue(): Promise<void> {
    const { settings, now } = this.#options;
    if (!this.#state.isAutomatic || !isCheckDue(settings.current.lastUpdateCheck, now())) return;
    await this.check().catch(() => undefined);
    const version = this.#state.release?.version;
    if (version === undefined || settings.current.toldUpdate === version) return;
    settings.update({ toldUpdate: version });
    this.#notify('available', version);
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
    this.#set({ phase: 'idle', release: null });
    const file = kind === null ? null : fileFor(release, kind);
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
    const { kind, version, folder, fetch, relaunch, quit } = this.#options;
    const { PackagedUpdater } = await import('./packaged-updater.ts');
    this.#updater = new PackagedUpdater({
      // Of one that can't install, what it says of versions alone is asked.
      kind: kind ?? 'deb',
      version,
      folder,
      configFile: this.#options.configFile,
      fetch,
      relaunch,
      quit: () => void quit(),
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
    this.#options.settings.update({ lastUpdateCheck: lastCheck });
    this.#set({ lastCheck });
  }

  #fail(error: unknown, phase: 'idle' | 'ready'): void {
    const { code, message } = describeFileFailure(error) ?? asPosternError(error, 'UPDATE_INSTALL_FAILED');
    this.#log('updates.failed', { code, message });
    this.#set({ phase, progress: null, problem: { code, message } });
  }

  #notify(kind: 'available' | 'ready', version: string): void {
    this.#options.notify(describeUpdateNotice(kind, version, this.#options.state.current.language));
  }

  #set(change: Partial<UpdateState>): void {
    this.#options.state.set({ updates: { ...this.#state, ...change } });
  }

  #log(event: string, fields: object): void {
    this.#options.log.info(fields, event);
  }
}

/** @throws PosternError `UPDATE_FEED_INVALID` where the release has none for this machine */
function fileFor(release: Release, kind: PackageKind): ReleaseFile {
  const ending = fileEnding(kind);
  const file = release.files.find(({ url }) => url.endsWith(ending));
  if (file !== undefined) return file;
  throw new PosternError('UPDATE_FEED_INVALID', {
    message: `Version ${release.version} has no ${ending} file for this machine.`,
  });
}

/** @throws PosternError `UPDATE_FILE_DAMAGED` */
async function checkFile(file: string, { sha512 }: ReleaseFile): Promise<void> {
  const digest = createHash('sha512');
  try {
    await pipeline(createReadStream(file), digest);
  } catch (cause) {
    throw new PosternError('UPDATE_FILE_DAMAGED', { message: `${file} can not be read any more.`, cause });
  }
  if (digest.digest('base64') !== sha512) {
    throw new PosternError('UPDATE_FILE_DAMAGED', { message: `${file} has changed since it was downloaded.` });
  }
}
