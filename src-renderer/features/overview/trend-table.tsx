import type { ReactElement } from 'react';
import type { TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';
import { formatBytes, formatCount, formatDuration } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import { momentFormat } from './moment-format.ts';
import type { TrendRange } from './trend-range.ts';
import styles from './trend-table.module.css';

/** What the charts show, as numbers: newest first, without the steps in which nothing happened. */
export function TrendTable({ range, figures }: { range: TrendRange; figures: TrafficFigures }): ReactElement {
  const text = useText('trends');
  const { formatMoment } = momentFormat(range);
  const points = figures.points.filter(({ requests }) => requests > 0).toReversed();
  const time = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms));
  return (
    // A reader who has no pointer scrolls it with the keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles['frame']} role="region" aria-label={text.table} tabIndex={0}>
      <table className={styles['table']}>
        <caption className={styles['caption']}>{text.tableNote}</caption>
        <thead>
          <tr>
            <th scope="col">{text.begin}</th>
            <th scope="col">{text.requests}</th>
            <th scope="col">{text.median}</th>
            <th scope="col">{text.slow}</th>
            <th scope="col">{text.tail}</th>
            <th scope="col">{text.refused}</th>
            <th scope="col">{text.serverErrors}</th>
            <th scope="col">{text.failed}</th>
            <th scope="col">{text.toUsers}</th>
            <th scope="col">{text.ofUsers}</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.atMs}>
              <th scope="row">{formatMoment(point.atMs)}</th>
              <td>{formatCount(point.requests)}</td>
              <td>{time(point.medianMs)}</td>
              <td>{time(point.slowMs)}</td>
              <td>{time(point.tailMs)}</td>
              <td>{formatCount(point.refused)}</td>
              <td>{formatCount(point.errors - point.failed)}</td>
              <td>{formatCount(point.failed)}</td>
              <td>{formatBytes(point.responseBytes)}</td>
              <td>{formatBytes(point.requestBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
