import type { ReactElement } from 'react';
import type { TimedRequest } from '../../../src-shared/connector/traffic-record.ts';
import { formatDuration } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import { readPhases } from './read-phases.ts';
import styles from './timeline.module.css';

/** Where the time of a request went, as bars on one scale. */
export function Timeline({ request }: { readonly request: TimedRequest }): ReactElement {
  const text = useText('traffic');
  const phases = readPhases(request);
  const { totalMs } = request.timing;
  const wholeMs = Math.max(0.1, totalMs ?? phases.at(-1)?.endMs ?? 0);
  return (
    <section className={styles['timeline']} aria-label={text.timing}>
      {phases.map(({ kind, beginMs, endMs }) => (
        <div key={kind} className={styles['phase']}>
          <span className={styles['title']}>{text.phases[kind]}</span>
          <span className={styles['track']} aria-hidden="true">
            <span
              className={styles['bar']}
              data-kind={kind}
              style={{
                left: `${(beginMs / wholeMs) * 100}%`,
                width: `${Math.max(1.5, ((endMs - beginMs) / wholeMs) * 100)}%`,
              }}
            />
          </span>
          <span className={styles['time']}>{formatDuration(endMs - beginMs)}</span>
        </div>
      ))}
      <div className={styles['phase']}>
        <span className={styles['title']}>{text.total}</span>
        <span className={styles['note']}>{request.connection === 'reused' ? text.reused : null}</span>
        <span className={styles['time']}>{totalMs === null ? text.running : formatDuration(totalMs)}</span>
      </div>
    </section>
  );
}
