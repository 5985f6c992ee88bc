import type { ReactElement } from 'react';
import type { TunnelPhase, TunnelState } from '../../../src-shared/connector/engine-state.ts';
import { sayProblem } from '../../../src-shared/text/say-error.ts';
import { useAppState } from '../../stores/app-store.ts';
import { formatDuration } from '../../ui/format.ts';
import { type Status, StatusMark } from '../../ui/status-mark.tsx';
import { SecondsUntil } from '../../ui/seconds-until.tsx';
import { useLanguage, useText } from '../../ui/use-text.ts';
import styles from './tunnel-list.module.css';

const PHASE_STATUS: Readonly<Record<TunnelPhase, Status>> = {
  idle: 'paused',
  dialling: 'degraded',
  authenticating: 'degraded',
  connected: 'ok',
  waiting: 'offline',
  draining: 'degraded',
  refused: 'offline',
};

const NONE: readonly TunnelState[] = [];

/** What the tunnels do now. */
export function TunnelList(): ReactElement {
  const tunnels = useAppState(({ engine }) => engine?.tunnels ?? NONE);
  const text = useText('overview');
  const language = useLanguage();
  const status = useText('status');
  if (tunnels.length === 0) return <p className={styles['none']}>{text.noTunnel}</p>;
  return (
    <ul className={styles['list']}>
      {tunnels.map((tunnel) => (
        <li key={tunnel.index} className={styles['tunnel']}>
          <StatusMark status={PHASE_STATUS[tunnel.phase]} />
          <span className={styles['title']}>
            {text.tunnel(tunnel.index + 1)}
            <span className={styles['phase']}>{status.tunnel[tunnel.phase]}</span>
          </span>
          <span className={styles['figure']}>
            {tunnel.nextAttemptAtMs !== null && tunnel.phase === 'waiting' ? (
              <>
                {text.againIn} <SecondsUntil atMs={tunnel.nextAttemptAtMs} />
              </>
            ) : tunnel.phase === 'connected' ? (
              `${text.openStreams(tunnel.openStreams)}${tunnel.roundTripMs === null ? '' : `, ${formatDuration(tunnel.roundTripMs)}`}`
            ) : null}
          </span>
          {tunnel.problem === null || tunnel.phase === 'connected' ? null : (
            <span className={styles['problem']}>{sayProblem(tunnel.problem, language).message}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
