import type { AppState } from '../../src-shared/ipc/app-state.ts';
import type { Status } from './status-mark.tsx';

/** The connector's health in a word, for a mark beside it. */
export interface HealthDescription {
  readonly status: Status;
  readonly title: string;
}

/** One object per health, so that selecting it from the store does not render again without a change. */
const DESCRIPTIONS = {
  ok: { status: 'ok', title: 'Connected' },
  degraded: { status: 'degraded', title: 'Partly connected' },
  connecting: { status: 'degraded', title: 'Connecting…' },
  offline: { status: 'offline', title: 'Not connected' },
  paused: { status: 'paused', title: 'Paused' },
} as const satisfies Record<string, HealthDescription>;

export function describeHealth({ engine, isPaused }: Pick<AppState, 'engine' | 'isPaused'>): HealthDescription {
  if (isPaused) return DESCRIPTIONS.paused;
  if (engine === null) return DESCRIPTIONS.connecting;
  if (engine.health === 'stopped') return DESCRIPTIONS.paused;
  const isFirstTry = engine.tunnels.every(
    (tunnel) =>
      tunnel.failures === 0 &&
      (tunnel.phase === 'dialling' || tunnel.phase === 'authenticating' || tunnel.phase === 'idle'),
  );
  if (engine.health === 'offline' && isFirstTry) return DESCRIPTIONS.connecting;
  return DESCRIPTIONS[engine.health];
}
