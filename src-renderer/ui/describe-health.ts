import type { AppState } from '../../src-shared/ipc/app-state.ts';
import type { Status } from './status-mark.tsx';

/** The connector's health, for a mark and for a word beside it (`status` in the catalogue). */
export interface HealthDescription {
  readonly status: Status;
  readonly word: 'connected' | 'partlyConnected' | 'connecting' | 'notConnected' | 'paused' | 'drained';
}

/** One object per health, so that selecting it from the store does not render again without a change. */
const DESCRIPTIONS = {
  ok: { status: 'ok', word: 'connected' },
  degraded: { status: 'degraded', word: 'partlyConnected' },
  connecting: { status: 'degraded', word: 'connecting' },
  offline: { status: 'offline', word: 'notConnected' },
  paused: { status: 'paused', word: 'paused' },
  drained: { status: 'degraded', word: 'drained' },
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
  if (engine.health === 'ok' && engine.isDraining) return DESCRIPTIONS.drained;
  return DESCRIPTIONS[engine.health];
}
