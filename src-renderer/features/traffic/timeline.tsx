import type { ReactElement } from 'react';
import type { TrafficTiming } from '../../../src-shared/connector/traffic-record.ts';
import { formatDuration } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import { readPhases } from './read-phases.ts';
import styles from './timeline.module.css';

/** Where the time of a request went, as bars on one scale. */
export function Timeline({ timing }: { readonly timing: TrafficTiming }): ReactElement {
  const text = useText('traffic');
  const phases = readPhases(timing, text);
  const wholeMs = Math.max(0.1, timing.totalMs ?? timing.firstByteMs ?? timing.sentMs ?? 0);
  return (
    <section className={styles['timeline']} aria-label={text.timing}>
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
        <span className={styles['title']}>{text.total}</span>
        <span />
        <span className={styles['time']}>
          {timing.totalMs === null ? text.running : formatDuration(timing.totalMs)}
        </span>
      </div>
    </section>
  );
}
