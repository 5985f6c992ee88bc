import { strToU8, zipSync } from 'fflate';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import type { BundleFile, SelfTestStep } from '../../../src-shared/ipc/diagnostics-models.ts';
import type { TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { Settings } from '../settings-store.ts';
import { redactData, redactPersonal, redactSecrets, strikeOut } from './redact.ts';

/** Bounds of a bundle (docs/limits.md). */
export const BUNDLE_LIMITS = {
  /** Of each log file the end. */
  logBytes: 1_048_576,
  failures: 100,
  /** Characters of a file that the window shows. */
  previewCharacters: 20_000,
} as const;

/** What a bundle is made of. */
export interface BundleSources {
  readonly state: AppState;
  readonly settings: Settings;
  readonly selfTest: readonly SelfTestStep[];
  /** Of the last day; null where the history can't be read. */
  readonly figures: TrafficFigures | null;
  readonly failures: readonly TrafficRecord[];
  readonly logs: readonly { readonly name: string; readonly text: string }[];
  /** Versions of what runs, and of the machine. */
  readonly versions: Readonly<Record<string, string>>;
  readonly atMs: number;
  /** Secrets that are known by heart: none of them may leave, wherever it stands. */
  readonly secrets: readonly string[];
}

/** A bundle before it is written: its files, without a secret. */
export interface SupportBundle {
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/**
 * Puts together what somebody who helps needs to see, and nothing that lets them in or names a person. What is named in `README.txt`
 * is all there is.
 */
export function makeBundle(sources: BundleSources): SupportBundle {
  const { selfTest, figures, failures, logs, versions } = sources;
  const clean = (text: string): string => strikeOut(redactPersonal(redactSecrets(text)), sources.secrets);
  const json = (value: unknown): string => clean(`${JSON.stringify(redactData(value), null, 2)}\n`);
  return {
    files: [
      { name: 'README.txt', text: describe(sources.atMs) },
      { name: 'versions.json', text: json(versions) },
      { name: 'state.json', text: json(tellable(sources.state)) },
      { name: 'settings.json', text: json(tellableSettings(sources.settings)) },
      { name: 'self-test.json', text: json(selfTest) },
      { name: 'figures.json', text: json(figures) },
      { name: 'failures.json', text: json(failures.slice(0, BUNDLE_LIMITS.failures).map(withoutPerson)) },
      ...logs.map(({ name, text }) => ({ name: `logs/${name}`, text: clean(text) })),
    ],
  };
}

/** The bundle as a zip file. */
export function zipBundle({ files }: SupportBundle): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)])), { level: 6 });
}

/** What is shown of a bundle before it is saved. */
export function previewBundle({ files }: SupportBundle): BundleFile[] {
  return files.map(({ name, text }) => ({
    name,
    bytes: Buffer.byteLength(text),
    preview: text.slice(0, BUNDLE_LIMITS.previewCharacters),
    isCut: text.length > BUNDLE_LIMITS.previewCharacters,
  }));
}

/** Without who is signed in, and without what their browser was sent. */
function tellable(state: AppState): object {
  const { account, signIn, suggestions: _suggestions, ...rest } = state;
  return {
    ...rest,
    account: account === null ? null : { access: account.access },
    signIn: { phase: signIn.phase, isRequired: signIn.isRequired },
  };
}

/** Without who this machine is to the proxy, one half of what lets others go out by it. */
function tellableSettings({ proxy, ...settings }: Settings): object {
  return { ...settings, proxy: { ...proxy, userName: proxy.userName === '' ? '' : '[person]' } };
}

function withoutPerson({ userId, userName, ...record }: TrafficRecord): object {
  return { ...record, isSignedIn: userId !== null || userName !== null };
}

function describe(atMs: number): string {
  return `Postern: what this connector's app knew at ${new Date(atMs).toISOString()}

versions.json   versions of the app and of what it runs on, and the machine
state.json      what the app showed: connector, tunnels, applications with their addresses, troubles
settings.json   its settings
self-test.json  the findings of the self-test, the way to the service hop by hop
figures.json    numbers of requests of the last day, by steps of time
failures.json   the last requests that failed, without their users and queries
logs/           the end of the log of app and engine

Left out, or replaced by [secret]: keys, tokens, cookies, passwords, and whatever is named like one.
Replaced by [query]: what follows ? or # in an address. Replaced by [person]: mail addresses and user principal names.
It does name host names, addresses and paths of this network. Read it before you give it away.
`;
}
