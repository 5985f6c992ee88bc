import { Button, Spinner } from '@fluentui/react-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { useText } from '../../ui/use-text.ts';
import type { ColumnLayout } from './column-layout.ts';
import { assignRowKeys, NO_ROW_KEYS } from './row-keys.ts';
import { fitColumns, layOutColumns } from './traffic-columns.ts';
import { COLUMN_KEYS_ID, focusHead, TrafficHead } from './traffic-head.tsx';
import { rowId, TrafficRow } from './traffic-row.tsx';
import type { Past } from './use-past.ts';
import styles from './traffic-list.module.css';

/** The element with the list's focus. */
export const LIST_ID = 'traffic-list';

const ROW_HEIGHT_PX = 30;
/** What stands below the last request. */
const END_HEIGHT_PX = 44;
/** The titles, which stay above the rows. */
const HEAD_HEIGHT_PX = 33;
/** By which the arrows to the sides move a list that is wider than its place. */
const SIDEWAYS_PX = 80;
const OVERSCAN_ROWS = 6;
/** So near the end of the list the next page of the past is asked for. */
const READ_ON_ROWS = 40;

export interface TrafficListProps {
  /** Newest first. */
  readonly records: readonly TrafficRecord[];
  readonly past: Past;
  readonly layout: ColumnLayout;
  readonly onLayout: (layout: ColumnLayout) => void;
  readonly onSizing: (layout: ColumnLayout) => void;
  readonly isBesideDetail: boolean;
  /** Sequence of the selected record. */
  readonly selected: number | null;
  readonly onSelect: (sequence: number | null) => void;
  /** Past the end of a list that holds no more. */
  readonly onLeadOn: () => void;
  /** Enter: on to the details. */
  readonly onOpen: () => void;
}

/**
 * The list, of which only what is seen exists. Arrows, Page Up and Down, Home and End move the selection; from its first request an arrow
 * leads on to the titles.
 */
export function TrafficList(props: TrafficListProps): ReactElement {
  const { records, past, selected, onSelect } = props;
  const text = useText('traffic');
  const scroller = useRef<HTMLDivElement>(null);
  const { order, widths } = props.layout;
  // The same array as long as nothing has changed, by which rows know that they need not be made anew.
  const columns = useMemo(() => fitColumns(order, props.isBesideDetail), [order, props.isBesideDetail]);
  const layout = layOutColumns(columns, widths);
  const [said, say] = useState('');
  const focusList = useCallback(() => scroller.current?.focus(), []);
  const rows = useVirtualizer({
    // The last one says what comes after the requests.
    count: records.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (index === records.length ? END_HEIGHT_PX : ROW_HEIGHT_PX),
    overscan: OVERSCAN_ROWS,
    scrollMargin: HEAD_HEIGHT_PX,
    scrollPaddingStart: HEAD_HEIGHT_PX,
    getItemKey: (index) => records[index]?.sequence ?? 'end',
  });
  const position = selected === null ? -1 : records.findIndex((record) => record.sequence === selected);
  const isSelectionShown = position >= 0;
  useEffect(() => {
    // With the last request comes what is said below it.
    const isLast = position === records.length - 1;
    if (isSelectionShown) rows.scrollToIndex(isLast ? records.length : position, { align: 'auto' });
    // Only a new selection scrolls; new rows alone don't.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);
  const items = rows.getVirtualItems();
  const keys = useRef(NO_ROW_KEYS);
  keys.current = assignRowKeys(
    keys.current,
    items.flatMap(({ index }) => records[index]?.sequence ?? []),
  );
  const isNearEnd = (items.at(-1)?.index ?? 0) >= records.length - READ_ON_ROWS;
  useEffect(() => {
    if (isNearEnd) past.readOn();
  }, [isNearEnd, past]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && isSelectionShown) {
      event.preventDefault();
      props.onOpen();
      return;
    }
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      event.preventDefault();
      scroller.current?.scrollBy({ left: event.key === 'ArrowLeft' ? -SIDEWAYS_PX : SIDEWAYS_PX });
      return;
    }
    if (event.key === 'ArrowUp' && position === 0) {
      event.preventDefault();
      focusHead(scroller.current);
      return;
    }
    const heightPx = (scroller.current?.clientHeight ?? 0) - HEAD_HEIGHT_PX;
    const page = Math.max(1, Math.floor(heightPx / ROW_HEIGHT_PX) - 1);
    const target = moveTo(event.key, position, records.length, page);
    if (target === null) return;
    event.preventDefault();
    onSelect(records[target]?.sequence ?? null);
  };
  return (
    <div
      className={styles['frame']}
      style={
        {
          '--columns': layout.template,
          '--gap': `${layout.gapPx}px`,
          '--padding': `${layout.paddingPx}px`,
          '--least-width': `${layout.leastPx}px`,
          '--head-height': `${HEAD_HEIGHT_PX}px`,
        } as CSSProperties
      }
    >
      {/* The grid itself scrolls: Chromium lets the keyboard stop at what scrolls, which has to have a name. */}
      <div
        id={LIST_ID}
        className={styles['grid']}
        ref={scroller}
        role="grid"
        aria-label={text.list}
        aria-rowcount={records.length + 1}
        aria-activedescendant={isSelectionShown && selected !== null ? rowId(selected) : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className={styles['head']}>
          <TrafficHead
            columns={columns}
            layout={props.layout}
            text={text}
            onLayout={props.onLayout}
            onSizing={props.onSizing}
            say={say}
            onLeave={focusList}
          />
        </div>
        <div role="rowgroup" className={styles['rows']} style={{ height: rows.getTotalSize() }}>
          {items.map((item) => {
            const record = records[item.index];
            return record === undefined ? (
              <div
                key={item.key}
                role="row"
                className={styles['end']}
                style={{ transform: `translateY(${item.start - HEAD_HEIGHT_PX}px)` }}
              >
                <div role="gridcell">
                  <EndOfList past={past} isEmpty={records.length === 0} onLeadOn={props.onLeadOn} />
                </div>
              </div>
            ) : (
              <TrafficRow
                key={keys.current.bySequence.get(record.sequence)}
                record={record}
                columns={columns}
                text={text}
                rowIndex={item.index + 2}
                top={item.start - HEAD_HEIGHT_PX}
                isSelected={record.sequence === selected}
                onSelect={onSelect}
              />
            );
          })}
        </div>
      </div>
      <span id={COLUMN_KEYS_ID} hidden>
        {text.arrangeKeys}
      </span>
      <span role="status" className={styles['said']}>
        {records.length === 0 && past.phase === 'end' ? text.noMatch : said}
      </span>
    </div>
  );
}

interface EndOfListProps {
  readonly past: Past;
  readonly isEmpty: boolean;
  readonly onLeadOn: () => void;
}

function EndOfList({ past, isEmpty, onLeadOn }: EndOfListProps): ReactElement {
  const text = useText('traffic');
  switch (past.phase) {
    case 'unread':
    case 'more':
    case 'reading':
      return <Spinner size="extra-tiny" label={text.searchingPast} />;
    case 'end':
      return isEmpty ? <NoMatch /> : <>{text.pastEnd}</>;
    case 'full':
      return (
        <>
          {text.pastFull}{' '}
          <Button size="small" onClick={onLeadOn}>
            {text.leadOn}
          </Button>
        </>
      );
    case 'failed':
      return (
        <>
          {text.pastFailed} {past.error instanceof Error ? past.error.message : null}
        </>
      );
  }
}

/** What was looked through, and where to look for what can't be here. */
function NoMatch(): ReactElement {
  const text = useText('traffic');
  return (
    <div className={styles['noMatch']}>
      <strong>{text.noMatch}</strong>
      <p>{text.noMatchWords}</p>
      <p>{text.noMatchRefused}</p>
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
