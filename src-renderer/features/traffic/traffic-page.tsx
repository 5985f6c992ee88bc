import { Button, MessageBar, MessageBarBody, MessageBarTitle, Tooltip } from '@fluentui/react-components';
import { DeleteDismissRegular } from '@fluentui/react-icons/svg/delete-dismiss';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { PulseRegular } from '@fluentui/react-icons/svg/pulse';
import { type KeyboardEvent, type ReactElement, useCallback, useMemo, useState } from 'react';
import { NO_FILTER, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { clearTraffic, newestSequence } from '../../stores/traffic-store.ts';
import { useKeptState } from '../../stores/use-kept-state.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount, formatDateTime } from '../../ui/format.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/use-text.ts';
import { CaptureButton } from './capture-button.tsx';
import { type ColumnLayout, keepLayout, readKeptLayout } from './column-layout.ts';
import { ColumnMenu } from './column-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FILTER_ID, FilterBar } from './filter-bar.tsx';
import { keepFilter, readKeptFilter } from './kept-filter.ts';
import { DETAIL_ID, TrafficDetail } from './traffic-detail.tsx';
import { LIST_ID, TrafficList } from './traffic-list.tsx';
import { useDetail } from './use-detail.ts';
import { type Past, usePast } from './use-past.ts';
import { type Pause, useShownRecords } from './use-shown-records.ts';
import { useIsWide } from './use-is-wide.ts';
import { useTrafficWatch } from './use-traffic-watch.ts';
import styles from './traffic-page.module.css';

/** What "Clear the list" leaves: nothing earlier, until it is asked for. */
const NO_PAST: Past = { records: [], phase: 'end', error: null, readOn: () => undefined };

/** Every request as it passes, and those of the past. */
export function TrafficPage(): ReactElement {
  const { trafficText } = useNavigation();
  const text = useText('traffic');
  // Who comes for one thing finds that, whatever was looked for before.
  const [filter, setFilter] = useKeptState<TrafficFilter>('traffic-filter-in-force', () =>
    trafficText === '' ? readKeptFilter() : { ...NO_FILTER, text: trafficText },
  );
  const [layout, setLayout] = useState(readKeptLayout);
  const [pause, setPause] = useKeptState<Pause | null>('traffic-pause', () => null);
  const isPaused = pause !== null;
  const [isCleared, setCleared] = useState(false);
  const [selected, setSelected] = useKeptState<number | null>('traffic-selected', () => null);
  useTrafficWatch(filter);
  const present = useShownRecords(filter, pause);
  const read = usePast(filter, present.begin);
  const past = isCleared ? NO_PAST : read;
  const records = useMemo(() => join(present.records, past.records), [present.records, past.records]);
  const detail = useDetail(records, selected);
  const isWide = useIsWide();
  const close = useCallback((): void => {
    setSelected(null);
    document.getElementById(LIST_ID)?.focus();
  }, [setSelected]);
  // Where nothing has come since the start, the history has the newest.
  const newestPast = past.records[0]?.sequence ?? 0;
  const togglePause = useCallback(
    (): void =>
      setPause(isPaused ? null : { newestSequence: Math.max(newestSequence(), newestPast), isEarlier: false }),
    [isPaused, setPause, newestPast],
  );
  const leadOn = (): void => {
    setPause({ newestSequence: (records.at(-1)?.sequence ?? 0) - 1, isEarlier: true });
    setSelected(null);
    const list = document.getElementById(LIST_ID);
    list?.scrollTo({ top: 0 });
    list?.focus();
  };
  const arrange = useCallback((changed: ColumnLayout): void => {
    setLayout(changed);
    keepLayout(changed);
  }, []);
  // The list changes many times a second; what stands around it is made anew only where it changes.
  const actions = useMemo(
    () => (
      <>
        <CaptureButton />
        <ExportMenu filter={filter} />
        <ColumnMenu layout={layout} onChange={arrange} />
        <Tooltip content={text.keys} relationship="description">
          <Button
            icon={isPaused ? <PlayRegular /> : <PauseRegular />}
            appearance={isPaused ? 'primary' : 'secondary'}
            onClick={togglePause}
          >
            {isPaused ? text.resume : text.pause}
          </Button>
        </Tooltip>
        <Button
          icon={<DeleteDismissRegular />}
          appearance="subtle"
          onClick={() => {
            clearTraffic();
            setCleared(true);
            setPause(null);
          }}
          aria-label={text.clearList}
        />
      </>
    ),
    [filter, layout, arrange, isPaused, togglePause, setPause, text],
  );
  const filterBar = useMemo(() => {
    const change = (changed: TrafficFilter): void => {
      setFilter(changed);
      keepFilter(changed);
    };
    return <FilterBar filter={filter} onChange={change} />;
  }, [filter, setFilter]);
  const detailPanel = useMemo(
    () => (detail === null ? null : <TrafficDetail key={detail.sequence} record={detail} onClose={close} />),
    [detail, close],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    // Fields and buttons have these keys for themselves.
    const isWithin = (selector: string): boolean =>
      event.target instanceof Element && event.target.closest(selector) !== null;
    const isElsewhere = isWithin('input, button, [role=menu]');
    if (event.key === 'Escape' && detail !== null && !isWithin('input, [role=menu], [aria-expanded=true]')) close();
    else if (isElsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === '/') document.getElementById(FILTER_ID)?.focus();
    else if (event.key === ' ' || event.key === 'p') togglePause();
    else return;
    event.preventDefault();
  };
  const newest = records[0]?.startedAtMs;
  const isFiltered = filter !== NO_FILTER && JSON.stringify(filter) !== JSON.stringify(NO_FILTER);
  const isEmpty = records.length === 0 && !isFiltered && past.phase === 'end';
  return (
    // The keys are short cuts to buttons that are there, too.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={styles['page']} onKeyDown={onKeyDown}>
      <PageHeader
        title={text.title}
        subtitle={
          records.length === 0 && (!isFiltered || past.phase !== 'end') ? (
            text.subtitle
          ) : (
            <>
              {text.count(`${formatCount(records.length)}${past.phase === 'end' ? '' : '+'}`, records.length !== 1)}
              {pause?.isEarlier === true && newest !== undefined ? ` ${text.until(formatDateTime(newest))}` : null}
              <span role="status">{isPaused ? `, ${text.whilePaused(formatCount(present.newCount))}` : null}</span>
            </>
          )
        }
        actions={actions}
      />
      <HistoryTrouble />
      {filterBar}
      {isEmpty ? (
        <EmptyState
          icon={<PulseRegular />}
          title={text.emptyTitle}
          action={isCleared ? <Button onClick={() => setCleared(false)}>{text.readOn}</Button> : undefined}
        >
          {text.emptyText}
        </EmptyState>
      ) : (
        <div className={styles['split']} data-detail={detail === null ? 'none' : isWide ? 'beside' : 'below'}>
          <TrafficList
            records={records}
            past={past}
            layout={layout}
            onLayout={arrange}
            onSizing={setLayout}
            isBesideDetail={detail !== null && isWide}
            selected={selected}
            onSelect={setSelected}
            onLeadOn={leadOn}
            onOpen={() => document.getElementById(DETAIL_ID)?.focus()}
          />
          {detailPanel}
        </div>
      )}
    </div>
  );
}

/** The present, and what is older than all of it. */
function join(present: readonly TrafficRecord[], past: readonly TrafficRecord[]): readonly TrafficRecord[] {
  if (past.length === 0) return present;
  const oldestSequence = present.at(-1)?.sequence ?? Number.MAX_SAFE_INTEGER;
  const start = past.findIndex((record) => record.sequence < oldestSequence);
  return start === -1 ? present : [...present, ...past.slice(start)];
}

/** What a person should know of the history on disk. */
function HistoryTrouble(): ReactElement | null {
  const text = useText('traffic');
  const history = useAppState((state) => state.trafficHistory);
  if (history.kind === 'ready') return null;
  const isSetAside = history.kind === 'setAside';
  return (
    <div className={styles['trouble']}>
      <MessageBar intent="warning">
        <MessageBarBody>
          <MessageBarTitle>{isSetAside ? text.setAsideTitle : text.failingTitle}</MessageBarTitle>
          {isSetAside ? text.setAsideText(history.file) : text.failingText(history.reason)}
        </MessageBarBody>
      </MessageBar>
    </div>
  );
}
