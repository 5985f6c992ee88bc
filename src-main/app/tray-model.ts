import type { AppState } from '../../src-shared/ipc/app-state.ts';

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

type TrayInput = Pick<AppState, 'connector' | 'engine' | 'isPaused' | 'service'>;

/** The tray for a state of the app. Pure. */
export function makeTrayModel(input: TrayInput): TrayModel {
  const state = trayState(input);
  const line = statusLine(state, input);
  const switching: readonly (TrayItem | null)[] =
    state === 'setup'
      ? []
      : [
          input.isPaused ? { command: 'resume', label: 'Resume' } : { command: 'pause', label: 'Pause' },
          ...(state === 'offline' ? [{ command: 'retry', label: 'Try again now' } as const] : []),
          null,
        ];
  return {
    state,
    tooltip: `Postern: ${line}`,
    items: [
      { label: line },
      null,
      { command: 'open', label: 'Open Postern' },
      ...switching,
      { command: 'quit', label: 'Quit' },
    ],
  };
}

function trayState({ connector, engine, isPaused }: TrayInput): TrayState {
  if (connector === null) return 'setup';
  if (isPaused || engine?.health === 'stopped') return 'paused';
  return engine?.health === 'ok' ? 'ok' : engine?.health === 'degraded' ? 'degraded' : 'offline';
}

function statusLine(state: TrayState, { engine, service }: TrayInput): string {
  const name = service?.displayName ?? 'the service';
  const count = engine?.applications.length ?? 0;
  const applications = count === 1 ? '1 application' : `${count} applications`;
  switch (state) {
    case 'setup':
      return 'Not set up yet';
    case 'ok':
      return `Connected to ${name}, ${applications}`;
    case 'degraded':
      return `Partly connected to ${name}, ${applications}`;
    case 'offline':
      return `Not connected to ${name}`;
    case 'paused':
      return 'Paused: nothing is published';
  }
}
