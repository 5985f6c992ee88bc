import os from 'node:os';
import process from 'node:process';
import type { App, Shell } from 'electron';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { describeOperatingSystem } from '../../connector/operating-system.ts';
import type { Vaults } from '../../vault/open-vaults.ts';
import { findKnownSecrets } from './known-secrets.ts';
import type { LogBook } from './log-book.ts';

/** What the page “Diagnostics” needs of this machine. */
export interface Diagnostics {
  readonly logBook: LogBook;
  readonly dataFolder: string;
  /** Versions of what runs, and of the machine. */
  readonly versions: Readonly<Record<string, string>>;
  /** Seals and opens something; null where this machine has no key store. */
  readonly probeKeyStore: (() => Promise<void>) | null;
  /** Secrets that this machine keeps. */
  readonly readSecrets: () => Promise<readonly string[]>;
  readonly openFolder: (folder: string) => Promise<void>;
}

export interface MakeDiagnosticsOptions {
  readonly app: App;
  readonly shell: Shell;
  readonly logBook: LogBook;
  readonly vaults: Vaults;
  readonly serializedTokens: () => string | null;
}

export function makeDiagnostics({
  app,
  shell,
  logBook,
  vaults,
  serializedTokens,
}: MakeDiagnosticsOptions): Diagnostics {
  const { box, identity, tokens, proxyPassword } = vaults;
  return {
    logBook,
    dataFolder: app.getPath('userData'),
    versions: {
      app: app.getVersion(),
      electron: process.versions.electron,
      chrome: process.versions.chrome,
      node: process.versions.node,
      operatingSystem: describeOperatingSystem(),
      locale: app.getLocale(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      processors: String(os.cpus().length),
      memoryMebibytes: String(Math.round(os.totalmem() / 1_048_576)),
    },
    probeKeyStore:
      box === null
        ? null
        : async () => {
            if ((await box.open(await box.seal('postern'))) !== 'postern')
              throw new Error('What was sealed is not what was opened.');
          },
    readSecrets: async () => {
      const kept = await Promise.all([identity, tokens, proxyPassword].map((store) => store.read().catch(() => null)));
      return findKnownSecrets([...kept, serializedTokens()]);
    },
    openFolder: async (folder) => {
      const problem = await shell.openPath(folder);
      if (problem !== '') throw new PosternError('API_INVALID', { message: problem });
    },
  };
}
