import type { ApplicationWatchSummary } from '../connector/application-watch.ts';
import type { CaptureState } from '../connector/body-capture.ts';
import type { EngineState } from '../connector/engine-state.ts';
import type { TrafficHistoryState } from '../connector/traffic-history.ts';
import type { Language, LanguageChoice } from '../text/language.ts';
import type { UpdateState } from '../updates/update-state.ts';
import type {
  AccountSummary,
  BrowserWait,
  ConnectorSummary,
  DeviceCode,
  ServiceSummary,
  Theme,
} from './window-models.ts';

/** How a secret is kept on this machine; shown to the administrator as it is. */
export type Protection =
  /** Encrypted with a key that the operating system's key store holds. */
  | 'keyStore'
  /** A file that only this account of the operating system may read. */
  | 'file'
  /** Never written: gone when the app quits. */
  | 'memory';

/** As the service's audit has it. */
export interface DrainOrigin {
  readonly by: string;
  /** Ms since the epoch. */
  readonly atMs: number;
}

/** What may have come to be at the service though it was taken back. */
export const LEFT_BEHIND_KINDS = ['application', 'connector'] as const;
export type LeftBehindKind = (typeof LEFT_BEHIND_KINDS)[number];

export interface LeftBehind {
  readonly displayName: string;
  /** Why it could not be removed, in the person's language. */
  readonly problem: string;
  /** Whether it is being tried again. */
  readonly isTrying: boolean;
}

export const NOTHING_LEFT = { application: null, connector: null } as const;

/** Where an administrator's sign-in stands. */
export type SignInPhase = 'idle' | 'browser' | 'deviceCode';

/**
 * All that the window shows besides lists it asks for. The main process owns it and pushes the whole object after each
 * change; the window never works part of it out for itself.
 */
export interface AppState {
  readonly version: string;
  /** Whether there is a window that can be seen: none is in the tray, or minimised. */
  readonly isWindowShown: boolean;
  readonly machineName: string;
  readonly theme: Theme;
  /** The language that the app speaks, and what was chosen for it. */
  readonly language: Language;
  readonly languageChoice: LanguageChoice;
  /** What the wizard's fields begin with, where the start of the app named it. */
  readonly suggestions: { readonly serviceUrl: string | null; readonly internalUrl: string | null };
  readonly service: ServiceSummary | null;
  readonly account: AccountSummary | null;
  readonly signIn: {
    readonly phase: SignInPhase;
    readonly browser: BrowserWait | null;
    readonly deviceCode: DeviceCode | null;
    /** The sign-in of `account` has ended, and nothing goes on in its name before the person signs in again. */
    readonly isRequired: boolean;
  };
  readonly connector: ConnectorSummary | null;
  /** Why this machine can't take up the identity that it has, in each language; null where nothing is in the way. */
  readonly identityProblem: Readonly<Record<Language, string>> | null;
  /** How the connector's key and the administrator's tokens are kept. */
  readonly protection: { readonly connectorKey: Protection; readonly tokens: Protection };
  /** Whether the path to the service has been found good since the service was chosen. */
  readonly isPathChecked: boolean;
  /** The wizard has been gone through, or left on purpose, and stays away until the connector is disconnected. */
  readonly isSetupFinished: boolean;
  readonly isPaused: boolean;
  /** Null until a connector is enrolled and its engine has spoken. */
  readonly engine: EngineState | null;
  /** Who lets this connector run empty, and since when; null where it doesn't, and where that is not known. */
  readonly drainOrigin: DrainOrigin | null;
  /** Why the engine had to be started again, and how often; null where it never had. */
  readonly engineFault: { readonly message: string; readonly restarts: number; readonly atMs: number } | null;
  /** How the applications do by what passed here; told anew when one of them changes, at most once a second. */
  readonly applicationWatch: ApplicationWatchSummary;
  /** Whose bodies are being captured. */
  readonly bodyCapture: CaptureState;
  readonly trafficHistory: TrafficHistoryState;
  /** Newer versions of the app. */
  readonly updates: UpdateState;
  /** What the person took back and could not be removed at the service. */
  readonly leftBehind: Readonly<Record<LeftBehindKind, LeftBehind | null>>;
}
