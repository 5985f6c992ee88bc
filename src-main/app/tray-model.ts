import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { type Catalogue, CATALOGUES } from '../../src-shared/text/catalogue.ts';

/** What the tray shows: a colour and a shape each, so that nobody needs to tell colours apart. */
export const TRAY_STATES = ['ok', 'degraded', 'offline', 'paused', 'setup'] as const;
export type TrayState = (typeof TRAY_STATES)[number];

export type TrayCommand = 'open' | 'pause' | 'resume' | 'retry' | 'quit';

export interface TrayItem {
  /** Absent on lines that only say something. */
  readonly command?: TrayCommand;
  readonly label: string;
}

export interface TrayModel {
  readonly state: TrayState;
  readonly tooltip: string;
  /** Null stands for a separator. */
  readonly items: readonly (TrayItem | null)[];
}

type TrayInput = Pick<AppState, 'connector' | 'engine' | 'isPaused' | 'language' | 'service'>;

/** The tray for a state of the app. Pure. */
export function makeTrayModel(input: TrayInput): TrayModel {
  const text = CATALOGUES[input.language].tray;
  const state = trayState(input);
  const line = statusLine(state, input, text);
  const switching: readonly (TrayItem | null)[] =
    state === 'setup'
      ? []
      : [
          input.isPaused ? { command: 'resume', label: text.resume } : { command: 'pause', label: text.pause },
          ...(state === 'offline' ? [{ command: 'retry', label: text.tryAgainNow } as const] : []),
          null,
        ];
  return {
    state,
    tooltip: `Postern: ${line}`,
    items: [
      { label: line },
      null,
      { command: 'open', label: text.open },
      ...switching,
      { command: 'quit', label: text.quit },
    ],
  };
}

function trayState({ connector, engine, isPaused }: TrayInput): TrayState {
  if (connector === null) return 'setup';
  if (isPaused || engine?.health === 'stopped') return 'paused';
  return engine?.health === 'ok' ? 'ok' : engine?.health === 'degraded' ? 'degraded' : 'offline';
}

function statusLine(state: TrayState, { engine, service }: TrayInput, text: Catalogue['tray']): string {
  const name = service?.displayName ?? text.theService;
  const applications = text.applications(engine?.applications.length ?? 0);
  switch (state) {
    case 'setup':
      return text.notSetUp;
    case 'ok':
      return text.connected(name, applications);
    case 'degraded':
      return text.partlyConnected(name, applications);
    case 'offline':
      return text.notConnected(name);
    case 'paused':
      return text.paused;
  }
}
