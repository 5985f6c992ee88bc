import { memo, type ReactElement } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { formatBytes, formatDate, formatDuration, formatTimeOfDay } from '../../ui/format.ts';
import { describeStatus } from './describe-status.ts';
import type { TrafficColumn } from './traffic-columns.ts';
import styles from './traffic-list.module.css';

export interface TrafficRowProps {
  readonly record: TrafficRecord;
  readonly columns: readonly TrafficColumn[];
  readonly text: Catalogue['traffic'];
  readonly rowIndex: number;
  /** Offset in the list, px. */
  readonly top: number;
  readonly isSelected: boolean;
  readonly onSelect: (sequence: number) => void;
}

/** One request. Plain elements: hundreds of them come and go each second. */
export const TrafficRow = memo(function TrafficRow(props: TrafficRowProps): ReactElement {
  const { record, text } = props;
  const status = describeStatus(record, text);
  return (
    // The list has the focus and moves the selection by keys.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={rowId(record.sequence)}
      role="row"
      aria-rowindex={props.rowIndex}
      aria-selected={props.isSelected}
      tabIndex={-1}
      className={styles['row']}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => props.onSelect(record.sequence)}
    >
      {props.columns.map((column) => (
        <div
          key={column}
          role="gridcell"
          className={styles[column]}
          data-tone={column === 'status' ? status.tone : undefined}
          title={column === 'time' ? formatDate(record.startedAtMs) : undefined}
        >
          {column === 'status' ? status.text : cellOf(record, column)}
        </div>
      ))}
    </div>
  );
});

/** The element of a request's row, by which the list says what is chosen. */
export function rowId(sequence: number): string {
  return `request-${sequence}`;
}

function cellOf(record: TrafficRecord, column: Exclude<TrafficColumn, 'status'>): string {
  switch (column) {
    case 'time':
      return formatTimeOfDay(record.startedAtMs);
    case 'method':
      return record.isUpgrade ? 'WS' : record.method;
    case 'url':
      return pathOf(record.url);
    case 'user':
      return record.userName ?? '–';
    case 'application':
      return record.applicationName;
    case 'firstByte':
      return record.timing.firstByteMs === null ? '–' : formatDuration(record.timing.firstByteMs);
    case 'duration':
      return record.timing.totalMs === null ? '…' : formatDuration(record.timing.totalMs);
    case 'sent':
      return formatBytes(record.requestBytes);
    case 'size':
      return formatBytes(record.responseBytes);
    case 'error':
      return record.errorCode ?? record.errorCause ?? '';
    case 'activityId':
      return record.activityId;
  }
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return start === -1 ? '/' : url.slice(start);
}
