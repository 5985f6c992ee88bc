import type { ReactElement } from 'react';
import type { TunnelPhase, TunnelState } from '../../../src-shared/connector/engine-state.ts';
import { formatDuration } from '../../ui/format.ts';
import { type Status, StatusMark } from '../../ui/status-mark.tsx';
import { SecondsUntil } from '../../ui/seconds-until.tsx';
import styles from './tunnel-list.module.css';

const PHASES: Readonly<Record<TunnelPhase, { readonly title: string; readonly status: Status }>> = {
  idle: { title: 'Not started', status: 'paused' },
  dialling: { title: 'Dialling', status: 'degraded' },
  authenticating: { title: 'Proving itself', status: 'degraded' },
  connected: { title: 'Connected', status: 'ok' },
  waiting: { title: 'Waiting', status: 'offline' },
  draining: { title: 'Finishing', status: 'degraded' },
  refused: { title: 'Refused', status: 'offline' },
};

export function TunnelList({ tunnels }: { readonly tunnels: readonly TunnelState[] }): ReactElement {
  if (tunnels.length === 0) return <p className={styles['none']}>No tunnel is open.</p>;
  return (
    <ul className={styles['list']}>
      {tunnels.map((tunnel) => (
        <li key={tunnel.index} className={styles['tunnel']}>
          <StatusMark status={PHASES[tunnel.phase].status} />
          <span className={styles['title']}>
            Tunnel {tunnel.index + 1}
            <span className={styles['phase']}>{PHASES[tunnel.phase].title}</span>
          </span>
          <span className={styles['figure']}>
            {tunnel.nextAttemptAtMs !== null && tunnel.phase === 'waiting' ? (
              <>
                again in <SecondsUntil atMs={tunnel.nextAttemptAtMs} />
              </>
            ) : tunnel.phase === 'connected' ? (
              `${tunnel.openStreams} open${tunnel.roundTripMs === null ? '' : `, ${formatDuration(tunnel.roundTripMs)}`}`
            ) : null}
          </span>
          {tunnel.problem === null || tunnel.phase === 'connected' ? null : (
            <span className={styles['problem']}>{tunnel.problem.message}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
