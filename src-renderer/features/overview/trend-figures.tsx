import type { ReactElement } from 'react';
import type { TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './trend-figures.module.css';

/** The range in four figures. They keep their places while there are none. */
export function TrendFigures({ figures }: { readonly figures: TrafficFigures | null }): ReactElement {
  const text = useText('trends');
  const total = figures?.total ?? null;
  const seconds = figures === null ? 1 : (figures.stepMs * figures.points.length) / 1000;
  const median = total?.medianMs ?? null;
  const slow = total?.slowMs ?? null;
  const tail = total?.tailMs ?? null;
  return (
    <dl className={styles['figures']}>
      <Figure
        label={text.requests}
        value={total === null ? '–' : formatCount(total.requests)}
        note={total === null ? '' : text.onAverage(text.perSecond(formatRate(total.requests / seconds)))}
      />
      <Figure
        label={text.medianAnswer}
        value={median === null ? '–' : formatDuration(median)}
        note={slow === null || tail === null ? text.noAnswers : text.slower(formatDuration(slow), formatDuration(tail))}
      />
      <Figure
        label={text.failures}
        value={total === null ? '–' : formatCount(total.errors)}
        note={total === null || total.requests === 0 ? '' : text.ofAll(formatShare(total.errors / total.requests))}
        isBad={(total?.errors ?? 0) > 0}
      />
      <Figure
        label={text.sentToUsers}
        value={total === null ? '–' : formatBytes(total.responseBytes)}
        note={total === null ? '' : text.fromUsers(formatBytes(total.requestBytes))}
      />
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly isBad?: boolean;
}

function Figure({ label, value, note, isBad = false }: FigureProps): ReactElement {
  return (
    <div className={styles['figure']}>
      <dt className={styles['label']}>{label}</dt>
      <dd className={styles['value']} data-bad={isBad}>
        {value}
      </dd>
      <dd className={styles['note']}>{note}</dd>
    </div>
  );
}
