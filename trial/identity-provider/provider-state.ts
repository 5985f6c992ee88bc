import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { exportJWK, generateKeyPair } from 'jose';
import type { Adapter, AdapterPayload, JWK } from 'oidc-provider';

interface StoredRecord {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number | null;
}

interface StateFile {
  readonly signingKey: JWK;
  readonly cookieKey: string;
  readonly records: ReadonlyArray<readonly [string, StoredRecord]>;
  /** Ids of users who may not come in. */
  readonly disabledUsers?: readonly string[];
}

/** The oldest records go first beyond this number; each is about 1 KiB. */
const MAX_RECORDS = 5000;
const SAVE_DELAY_MS = 50;

/**
 * What the provider remembers: its signing key, its cookie key, sessions, grants and tokens, in memory and, where a
 * file is named, in that file, so that browsers and MSAL caches stay valid over a restart of the trial.
 */
export class ProviderState {
  readonly signingKey: JWK;
  readonly cookieKey: string;
  readonly #records: Map<string, StoredRecord>;
  readonly #disabledUsers: Set<string>;
  readonly #file: string | undefined;
  #saveTimer: NodeJS.Timeout | undefined;

  private constructor(content: StateFile, file: string | undefined) {
    this.signingKey = content.signingKey;
    this.cookieKey = content.cookieKey;
    this.#records = new Map(content.records);
    this.#disabledUsers = new Set(content.disabledUsers);
    this.#file = file;
  }

  /** Reads the file, or begins a new state with a fresh RS256 key where there is none. */
  static async open(file: string | undefined): Promise<ProviderState> {
    const stored = file === undefined ? undefined : readStateFile(file);
    if (stored) return new ProviderState(stored, file);
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const signingKey = {
      ...(await exportJWK(privateKey)),
      kid: randomBytes(12).toString('base64url'),
      use: 'sig',
    } as JWK;
    const state = new ProviderState(
      { signingKey, cookieKey: randomBytes(32).toString('base64url'), records: [] },
      file,
    );
    state.save();
    return state;
  }

  isDisabled(userId: string): boolean {
    return this.#disabledUsers.has(userId);
  }

  /** Keeps a user out, with the browsers that are signed in, or lets them in again. */
  setDisabled(userId: string, isDisabled: boolean): void {
    if (isDisabled) this.#disabledUsers.add(userId);
    else this.#disabledUsers.delete(userId);
    for (const [name, { payload }] of this.#records) {
      if (isDisabled && name.startsWith('Session:') && payload.accountId === userId) this.#records.delete(name);
    }
    this.#saveSoon();
  }

  /** An oidc-provider adapter for one model. Clients are not kept here: `findClient` answers for them. */
  adapter(model: string, findClient: (id: string) => AdapterPayload | undefined): Adapter {
    const key = (id: string): string => `${model}:${id}`;
    const findWhere = (predicate: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const [name, record] of this.#records) {
        if (name.startsWith(`${model}:`) && predicate(record.payload)) return this.#read(name);
      }
      return undefined;
    };
    return {
      find: async (id) => (model === 'Client' ? findClient(id) : this.#read(key(id))),
      findByUid: async (uid) => findWhere((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => findWhere((payload) => payload.userCode === userCode),
      upsert: async (id, payload, expiresInSeconds) => {
        const expiresAtMs = expiresInSeconds === undefined ? null : Date.now() + expiresInSeconds * 1000;
        this.#write(key(id), { payload, expiresAtMs });
      },
      consume: async (id) => {
        const record = this.#records.get(key(id));
        if (!record) return;
        const consumed = Math.floor(Date.now() / 1000);
        this.#write(key(id), { ...record, payload: { ...record.payload, consumed } });
      },
      destroy: async (id) => this.#remove(key(id)),
      revokeByGrantId: async (grantId) => {
        for (const [name, record] of this.#records) {
          if (name.startsWith(`${model}:`) && record.payload.grantId === grantId) this.#remove(name);
        }
      },
    };
  }

  /** Writes the file now, if there is one: a temporary file first, then a rename, so that a cut leaves the old state. */
  save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    if (this.#file === undefined) return;
    const content: StateFile = {
      signingKey: this.signingKey,
      cookieKey: this.cookieKey,
      records: [...this.#records],
      disabledUsers: [...this.#disabledUsers],
    };
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.new`;
    writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }

  #read(name: string): AdapterPayload | undefined {
    const record = this.#records.get(name);
    if (!record) return undefined;
    if (record.expiresAtMs === null || record.expiresAtMs > Date.now()) return record.payload;
    this.#remove(name);
    return undefined;
  }

  #write(name: string, record: StoredRecord): void {
    this.#records.delete(name);
    this.#records.set(name, record);
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MAX_RECORDS) break;
      this.#records.delete(oldest);
    }
    this.#saveSoon();
  }

  #remove(name: string): void {
    if (this.#records.delete(name)) this.#saveSoon();
  }

  #saveSoon(): void {
    if (this.#file === undefined || this.#saveTimer) return;
    this.#saveTimer = setTimeout(() => this.save(), SAVE_DELAY_MS);
    this.#saveTimer.unref();
  }
}

function readStateFile(file: string): StateFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StateFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The state of the identity provider in ${file} cannot be read; start with --reset to begin anew.`, {
      cause: error,
    });
  }
}
