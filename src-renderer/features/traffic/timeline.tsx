import type { ReactElement } from 'react';
import type { TrafficTiming } from '../../../src-shared/connector/traffic-record.ts';
import { formatDuration } from '../../ui/format.ts';
import styles from './timeline.module.css';

interface Phase {
  readonly title: string;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: 'connect' | 'wait' | 'receive';
}

/** Where the time of a request went, as bars on one scale. */
export function Timeline({ timing }: { readonly timing: TrafficTiming }): ReactElement {
  const phases = readPhases(timing);
  const wholeMs = Math.max(0.1, timing.totalMs ?? timing.firstByteMs ?? timing.sentMs ?? 0);
  return (
    <section className={styles['timeline']} aria-label="Timing">
      {phases.map((phase) => (
        <div key={phase.title} className={styles['phase']}>
          <span className={styles['title']}>{phase.title}</span>
          <span className={styles['track']} aria-hidden="true">
            <span
              className={styles['bar']}
              data-kind={phase.kind}
              style={{
                left: `${(phase.beginMs / wholeMs) * 100}%`,
                width: `${Math.max(1.5, ((phase.endMs - phase.beginMs) / wholeMs) * 100)}%`,
              }}
            />
          </span>
          <span className={styles['time']}>{formatDuration(phase.endMs - phase.beginMs)}</span>
        </div>
      ))}
      <div className={styles['phase']}>
        <span className={styles['title']}>Total</span>
        <span />
        <span className={styles['time']}>{timing.totalMs === null ? 'running' : formatDuration(timing.totalMs)}</span>
      </div>
    </section>
  );
}

function readPhases({ sentMs, firstByteMs, totalMs }: TrafficTiming): Phase[] {
  const phases: Phase[] = [];
  if (sentMs !== null) phases.push({ title: 'Connect, send', beginMs: 0, endMs: sentMs, kind: 'connect' });
  if (sentMs !== null && firstByteMs !== null) {
    phases.push({ title: 'Wait', beginMs: sentMs, endMs: firstByteMs, kind: 'wait' });
  }
  if (firstByteMs !== null && totalMs !== null) {
    phases.push({ title: 'Receive', beginMs: firstByteMs, endMs: totalMs, kind: 'receive' });
  }
  return phases;
}
