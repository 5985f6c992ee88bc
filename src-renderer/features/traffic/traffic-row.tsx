import { memo, type ReactElement } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { formatBytes, formatDuration, formatTimeOfDay } from '../../ui/format.ts';
import { describeStatus } from './describe-status.ts';
import styles from './traffic-list.module.css';

export interface TrafficRowProps {
  readonly record: TrafficRecord;
  readonly rowIndex: number;
  /** Offset in the list, px. */
  readonly top: number;
  readonly isSelected: boolean;
  readonly onSelect: (sequence: number) => void;
}

/** One request. Plain elements: hundreds of them come and go each second. */
export const TrafficRow = memo(function TrafficRow(props: TrafficRowProps): ReactElement {
  const { record } = props;
  const status = describeStatus(record);
  return (
    // The list has the focus and moves the selection by keys.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={`request-${record.sequence}`}
      role="row"
      aria-rowindex={props.rowIndex}
      aria-selected={props.isSelected}
      tabIndex={-1}
      className={styles['row']}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => props.onSelect(record.sequence)}
    >
      <div role="gridcell" className={styles['number']}>
        {formatTimeOfDay(record.startedAtMs)}
      </div>
      <div role="gridcell" className={styles['status']} data-tone={status.tone}>
        {status.text}
      </div>
      <div role="gridcell">{record.isUpgrade ? 'WS' : record.method}</div>
      <div role="gridcell" className={styles['url']}>
        {pathOf(record.url)}
      </div>
      <div role="gridcell">{record.userName ?? '–'}</div>
      <div role="gridcell">{record.applicationName}</div>
      <div role="gridcell" className={styles['right']}>
        {record.timing.totalMs === null ? '…' : formatDuration(record.timing.totalMs)}
      </div>
      <div role="gridcell" className={styles['right']}>
        {formatBytes(record.responseBytes)}
      </div>
    </div>
  );
});

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return start === -1 ? '/' : url.slice(start);
}
