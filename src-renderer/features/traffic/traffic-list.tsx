import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { TrafficRow } from './traffic-row.tsx';
import styles from './traffic-list.module.css';

const ROW_HEIGHT_PX = 30;
const OVERSCAN_ROWS = 12;
const COLUMNS = ['Time', 'Status', 'Method', 'URL', 'User', 'Application', 'Time taken', 'Size'] as const;

export interface TrafficListProps {
  /** Newest first. */
  readonly records: readonly TrafficRecord[];
  /** Sequence of the selected record. */
  readonly selected: number | null;
  readonly onSelect: (sequence: number | null) => void;
}

/** The list, of which only what is seen exists. Arrows, Page Up and Down, Home and End move the selection. */
export function TrafficList({ records, selected, onSelect }: TrafficListProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: OVERSCAN_ROWS,
    getItemKey: (index) => records[index]?.sequence ?? index,
  });
  const position = selected === null ? -1 : records.findIndex((record) => record.sequence === selected);
  const isSelectionShown = position >= 0;
  useEffect(() => {
    if (isSelectionShown) rows.scrollToIndex(position, { align: 'auto' });
    // Only a new selection scrolls; new rows alone don't.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT_PX) - 1);
    const target = moveTo(event.key, position, records.length, page);
    if (target === null) return;
    event.preventDefault();
    onSelect(records[target]?.sequence ?? null);
  };
  return (
    <div
      className={styles['grid']}
      role="grid"
      aria-label="Requests"
      aria-rowcount={records.length + 1}
      aria-activedescendant={isSelectionShown ? `request-${selected}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles['head']}>
        <div role="row" aria-rowindex={1} className={styles['columns']}>
          {COLUMNS.map((column) => (
            <div key={column} role="columnheader" className={styles['columnTitle']}>
              {column}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles['scroller']} ref={scroller}>
        {records.length === 0 ? (
          <div role="row">
            <div role="gridcell" className={styles['none']}>
              No request matches the filter.
            </div>
          </div>
        ) : null}
        <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const record = records[item.index];
            return record === undefined ? null : (
              <TrafficRow
                key={item.key}
                record={record}
                rowIndex={item.index + 2}
                top={item.start}
                isSelected={record.sequence === selected}
                onSelect={onSelect}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Where a key moves the selection; null for a key that doesn't. */
function moveTo(key: string, position: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  const clamp = (index: number): number => Math.min(last, Math.max(0, index));
  switch (key) {
    case 'ArrowDown':
      return clamp(position + 1);
    case 'ArrowUp':
      return clamp(position === -1 ? 0 : position - 1);
    case 'PageDown':
      return clamp(position + page);
    case 'PageUp':
      return clamp(position - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
