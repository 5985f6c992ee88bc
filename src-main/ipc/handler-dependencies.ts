import type { Events } from '../../src-shared/ipc/contract.ts';
import type { Theme } from '../../src-shared/ipc/window-models.ts';
import type { AccountController } from '../account/account-controller.ts';
import type { AppStateStore } from '../app/app-state-store.ts';
import type { CaptureController } from '../app/capture/capture-controller.ts';
import type { ConnectorController } from '../app/connector-controller.ts';
import type { OpenExternal } from '../app/external-links.ts';
import type { KeptInputs } from '../app/kept-inputs.ts';
import type { LeftBehindList } from '../app/left-behind.ts';
import type { LastFailures } from '../app/last-failures.ts';
import type { LiveFigures } from '../app/live-figures.ts';
import type { MachineController } from '../app/machine-controller.ts';
import type { Fetch } from '../app/net-errors.ts';
import type { Publications } from '../app/publications.ts';
import type { SettingsStore } from '../app/settings-store.ts';
import type { TrafficFeed } from '../app/traffic-feed.ts';
import type { TrafficIntake } from '../app/traffic-intake.ts';
import type { TrafficHistory } from '../app/traffic-history/traffic-history.ts';
import type { UpdateController } from '../app/updates/update-controller.ts';
import type { ProxyCredentials } from '../connector/proxy/proxy-route.ts';
import type { BackendGuard } from '../connector/policy/backend-guard.ts';
import type { Diagnostics } from '../app/diagnostics/make-diagnostics.ts';

/** The parts of the app that calls of the window reach. */
export interface HandlerDependencies {
  readonly state: AppStateStore;
  readonly settings: SettingsStore;
  readonly account: AccountController;
  readonly publications: Publications;
  readonly leftBehind: LeftBehindList;
  readonly connector: ConnectorController;
  readonly intake: TrafficIntake;
  readonly keptInputs: KeptInputs;
  readonly traffic: TrafficFeed;
  readonly liveFigures: LiveFigures;
  readonly lastFailures: LastFailures;
  readonly history: TrafficHistory;
  /** For the single requests to backends that the window asks for. */
  readonly guard: BackendGuard;
  readonly capture: CaptureController;
  readonly machine: MachineController;
  readonly fetch: Fetch;
  readonly resolveProxy: (url: string) => Promise<string>;
  readonly proxyCredentials: () => ProxyCredentials | null;
  readonly openExternal: OpenExternal;
  /** Asks the person for a file to write; null where they chose none. */
  readonly chooseFile: (suggestedName: string) => Promise<string | null>;
  readonly copyText: (text: string) => void;
  readonly applyTheme: (theme: Theme) => void;
  readonly diagnostics: Diagnostics;
  readonly updates: UpdateController;
  /** BCP 47, of the operating system. */
  readonly systemLocale: string;
  readonly emit: <Name extends keyof Events>(name: Name, payload: Events[Name]) => void;
}
