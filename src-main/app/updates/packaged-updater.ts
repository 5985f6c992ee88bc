import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  AppImageUpdater,
  type AppUpdater,
  DebUpdater,
  MacUpdater,
  NsisUpdater,
  Provider,
  type ResolvedUpdateFileInfo,
  RpmUpdater,
  type UpdateInfo,
} from 'electron-updater';
import { parse } from 'yaml';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { UpdateProgress } from '../../../src-shared/updates/update-state.ts';
import { downloadFile } from './download-file.ts';
import { fileUrl } from './fetch-release.ts';
import type { PackageKind } from './package-kind.ts';
import type { Release } from './release.ts';
import { findReleaseFile } from './release-file.ts';
import type { FeedFetch } from './update-fetch.ts';

/** The folder that electron-updater makes for what it downloads. */
const DOWNLOADS = 'download';

const UPDATERS = {
  deb: DebUpdater,
  rpm: RpmUpdater,
  appImage: AppImageUpdater,
  nsis: NsisUpdater,
  mac: MacUpdater,
} as const satisfies Record<PackageKind, unknown>;

export interface PackagedUpdaterOptions {
  readonly kind: PackageKind;
  readonly version: string;
  /** Where downloads and their state are kept. */
  readonly folder: string;
  /** electron-builder's `app-update.yml` of this package; null for none. */
  readonly configFile: string | null;
  readonly fetch: FeedFetch;
  /** Ends the app, whose parts have ended. */
  readonly leave: () => void;
  readonly relaunch: () => void;
  /** What electron-updater has to say. */
  readonly log: (line: string) => void;
}

export interface OfferedRelease {
  readonly release: Release;
  readonly feedUrl: string;
}

interface Download {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UpdateProgress) => void;
}

/**
 * electron-updater, with the ends that it asks the network by taken off: it learns of a release only what was signed for (`offer`), and
 * downloads by `downloadFile`. It never goes back to an older version.
 */
export class PackagedUpdater {
  readonly #updater: AppUpdater;
  readonly #kind: PackageKind;
  readonly #fetch: FeedFetch;
  readonly #downloaded: string;
  #offered: OfferedRelease | null = null;
  /** Null while only what is on disk is looked for. */
  #download: Download | null = null;

  constructor(options: PackagedUpdaterOptions) {
    const { version, folder, configFile, log } = options;
    this.#downloaded = path.join(folder, DOWNLOADS, 'pending', 'update-info.json');
    const adapter = {
      version,
      name: 'postern',
      isPackaged: true,
      // Read here instead, once, so that where it keeps downloads is known.
      appUpdateConfigPath: '',
      userDataPath: folder,
      baseCachePath: folder,
      whenReady: async () => undefined,
      relaunch: options.relaunch,
      quit: options.leave,
      onQuit: () => undefined,
    };
    this.#kind = options.kind;
    this.#fetch = options.fetch;
    const Updater = UPDATERS[options.kind] as new (options: null, app: typeof adapter) => AppUpdater;
    const updater = new Updater(null, adapter);
    // None comes with an adapter of one's own.
    Object.assign(updater, {
      httpExecutor: { download: this.#downloadTo },
      configOnDisk: { value: readConfiguration(configFile) },
    });
    const write = (line: unknown): void => log(String(line));
    updater.logger = { info: write, warn: write, error: write };
    // Its errors reject what was called; an event that nobody hears would end the process.
    updater.on('error', () => undefined);
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    updater.allowDowngrade = false;
    updater.disableDifferentialDownload = true;
    updater.disableWebInstaller = true;
    const resolve = this.#resolve;
    // Of the old form, with one file, nothing is left.
    const latest = async (): Promise<UpdateInfo> => this.#info() as UpdateInfo;
    updater.setFeedURL({
      provider: 'custom',
      updateProvider: class extends Provider<UpdateInfo> {
        // As electron-updater makes it: options, updater, and what it runs on.
        constructor(...[, , runtimeOptions]: readonly unknown[]) {
          super(runtimeOptions as never);
        }
        getLatestVersion = latest;
        resolveFiles = resolve;
      },
    });
    this.#updater = updater;
  }

  /** Whether a release is newer than what runs. */
  async offer(offered: OfferedRelease): Promise<boolean> {
    this.#offered = offered;
    const result = await this.#updater.checkForUpdates();
    return result?.isUpdateAvailable === true;
  }

  /** Whether the file of the release that was offered has been downloaded by an earlier start, and is whole. */
  async findDownloaded(): Promise<string | null> {
    if (!existsSync(this.#downloaded)) return null;
    this.#download = null;
    try {
      return (await this.#updater.downloadUpdate())[0] ?? null;
    } catch {
      return null;
    }
  }

  /** @returns the file. @throws as `downloadFile` does */
  async download(download: Download): Promise<string> {
    this.#download = download;
    try {
      const [file] = await this.#updater.downloadUpdate();
      if (file === undefined) throw new PosternError('UPDATE_FEED_INVALID');
      return file;
    } finally {
      this.#download = null;
    }
  }

  /**
   * Puts the new version in the place of this one and ends the app by `leave`: of Windows and macOS. The app's parts have ended.
   * @param onFailed told where that comes to nothing; the app is still there then
   */
  quitAndInstall(onFailed: (error: Error) => void): void {
    this.#updater.once('error', onFailed);
    (
      this.#updater as AppUpdater & { quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void }
    ).quitAndInstall(true, true);
  }

  readonly #downloadTo = async (url: URL, destination: string, { sha512 }: { sha512?: string }): Promise<string> => {
    const download = this.#download;
    const file = this.#offered?.release.files.find((each) => each.sha512 === sha512);
    if (download === null || file === undefined) throw new Error('Nothing is to be downloaded.');
    const wanted = { url: url.href, sha512: file.sha512, size: file.size };
    await downloadFile({ fetch: this.#fetch, file: wanted, destination, ...download });
    return destination;
  };

  readonly #resolve = (): ResolvedUpdateFileInfo[] => {
    const { release, feedUrl } = this.#need();
    // Given several, electron-updater would take the first where it doesn't know a machine by dpkg's or rpm's name.
    const info = findReleaseFile(release, this.#kind, process.arch);
    return [{ url: new URL(fileUrl(feedUrl, info.url)), info: { ...info } as never }];
  };

  #info(): Omit<UpdateInfo, 'path' | 'sha512'> {
    const { version, files, releasedAtMs } = this.#need().release;
    return {
      version,
      files: files.map((file) => ({ ...file }) as never),
      releaseDate: new Date(releasedAtMs ?? 0).toISOString(),
    };
  }

  #need(): OfferedRelease {
    if (this.#offered === null) throw new Error('No release was offered.');
    return this.#offered;
  }
}

/** Of the package's configuration Windows' updater wants the publisher's name in the installer's own certificate. */
async function readConfiguration(file: string | null): Promise<object> {
  const text = file === null ? '' : await readFile(file, 'utf8').catch(() => '');
  const found: unknown = parse(text);
  return { ...(typeof found === 'object' ? found : null), updaterCacheDirName: DOWNLOADS };
}
