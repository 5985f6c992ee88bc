import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { reasonOf } from '../../src-shared/errors/reason-of.ts';
import { allowListSchema } from '../../src-shared/connector/allow-list.ts';
import { serviceDescriptionSchema } from '../../src-shared/connector/service-description.ts';
import {
  DEFAULT_PROXY_SETTINGS,
  DEFAULT_RETENTION,
  MAX_AUTHORITIES,
  proxySettingsSchema,
  retentionSchema,
} from '../../src-shared/ipc/machine-settings.ts';
import { keptSignInSchema, themeSchema } from '../../src-shared/ipc/window-models.ts';
import { languageChoiceSchema } from '../../src-shared/text/language.ts';
import {
  DEFAULT_UPDATE_SETTINGS,
  updateCheckSchema,
  updateSettingsSchema,
} from '../../src-shared/updates/update-state.ts';
import { SpokenError } from './spoken-error.ts';

/** Of a kind; the newest are kept (docs/limits.md). */
export const MAX_TAKEN_BACK = 20;
const takenBackSchema = z
  .array(z.strictObject({ id: z.string(), displayName: z.string() }))
  .max(MAX_TAKEN_BACK)
  .default([]);

const settingsSchema = z.strictObject({
  version: z.literal(1),
  theme: themeSchema,
  language: languageChoiceSchema.default('system'),
  service: z.strictObject({ serviceUrl: z.string(), description: serviceDescriptionSchema }).nullable(),
  isPathChecked: z.boolean(),
  isSetupFinished: z.boolean(),
  isPaused: z.boolean(),
  /** Where a sign-in is kept without a key store. */
  signInWithoutKeyStore: keptSignInSchema.default('memory'),
  /** How much of the traffic is kept on disk. */
  trafficHistory: retentionSchema.default(DEFAULT_RETENTION),
  /** By which proxy this machine goes out; its password is in the vault. */
  proxy: proxySettingsSchema.default(DEFAULT_PROXY_SETTINGS),
  /** PEM of authorities trusted beside the operating system's. */
  authorities: z.array(z.string()).max(MAX_AUTHORITIES).default([]),
  /** What this machine may contact for its applications, whatever the service asks. */
  allowList: allowListSchema.default([]),
  updates: updateSettingsSchema.default(DEFAULT_UPDATE_SETTINGS),
  lastUpdateCheck: updateCheckSchema.nullable().default(null),
  /** The newer version that a notification has told of. */
  toldUpdate: z.string().max(256).nullable().default(null),
  /** The version for which the app has ended last, to be put in its place. */
  begunUpdate: z.string().max(256).nullable().default(null),
  /** What was taken back and may still be at the service. */
  takenBack: z
    .strictObject({ application: takenBackSchema, connector: takenBackSchema })
    .default({ application: [], connector: [] }),
  window: z
    .strictObject({
      x: z.number().int(),
      y: z.number().int(),
      width: z.number().int(),
      height: z.number().int(),
      isMaximized: z.boolean(),
    })
    .nullable(),
});
/** What the app remembers between starts. Holds no secret. */
export type Settings = z.infer<typeof settingsSchema>;

const DEFAULTS: Settings = {
  version: 1,
  theme: 'system',
  language: 'system',
  service: null,
  isPathChecked: false,
  isSetupFinished: false,
  isPaused: false,
  signInWithoutKeyStore: 'memory',
  trafficHistory: DEFAULT_RETENTION,
  proxy: DEFAULT_PROXY_SETTINGS,
  authorities: [],
  allowList: [],
  updates: DEFAULT_UPDATE_SETTINGS,
  lastUpdateCheck: null,
  toldUpdate: null,
  begunUpdate: null,
  takenBack: { application: [], connector: [] },
  window: null,
};

/** `settings.json` in the user's folder. Read once; written whole after each change, by rename. */
export class SettingsStore {
  readonly #file: string;
  #settings: Settings;

  /**
   * A file that can't be read as settings is set aside as `settings.json.damaged`, and the app begins anew; paused, since what
   * this machine may contact was in it.
   */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = path.join(folder, 'settings.json');
    this.#settings = this.#load();
  }

  get current(): Settings {
    return this.#settings;
  }

  /** What a person sets. @throws PosternError `SETTINGS_UNWRITABLE`; all stays as it was then */
  update(change: Partial<Settings>): void {
    const settings = { ...this.#settings, ...change };
    try {
      this.#write(settings);
    } catch (cause) {
      throw new SpokenError('SETTINGS_UNWRITABLE', (text) => text.settings.notKept(reasonOf(cause)), { cause });
    }
    this.#settings = settings;
  }

  /**
   * What the app remembers by itself, or has to do at any rate: where the disk does not take it, it counts until the app ends, and is
   * written with what comes next.
   * @returns why the disk did not take it; null where it did
   */
  note(change: Partial<Settings>): string | null {
    this.#settings = { ...this.#settings, ...change };
    try {
      this.#write(this.#settings);
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  #write(settings: Settings): void {
    const draft = `${this.#file}.new`;
    writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, this.#file);
  }

  #load(): Settings {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return DEFAULTS;
      throw error;
    }
    try {
      return settingsSchema.parse(JSON.parse(text));
    } catch {
      renameSync(this.#file, `${this.#file}.damaged`);
      return { ...DEFAULTS, isPaused: true };
    }
  }
}
