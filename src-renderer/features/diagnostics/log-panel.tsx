import { Button, Dropdown, Option, SearchBox, Switch } from '@fluentui/react-components';
import { FolderOpenRegular } from '@fluentui/react-icons/svg/folder-open';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { LOG_LEVELS, LOG_SOURCES, type LogEntry, type LogLevel } from '../../../src-shared/ipc/diagnostics-models.ts';
import { call } from '../../bridge/bridge.ts';
import { formatCount, formatDateTime, formatTimeOfDay } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { oneLine } from '../../ui/one-line.tsx';
import { useText } from '../../ui/use-text.ts';
import pageStyles from './diagnostics-page.module.css';
import styles from './log-panel.module.css';
import { useLog } from './use-log.ts';

type Source = (typeof LOG_SOURCES)[number] | 'all';
const SOURCES: readonly Source[] = ['all', ...LOG_SOURCES];
const ROW_PX = 24;
/** Fluent's own least width would break the row of a small window. */
const CHOICE = { minWidth: 0, width: 180 } as const;

/** The log of app and engine, as it grows. */
export function LogPanel(): ReactElement {
  const { logs: text } = useText('diagnostics');
  const { entries, error } = useLog();
  const [search, setSearch] = useState('');
  const [level, setLevel] = useState<LogLevel>('info');
  const [source, setSource] = useState<Source>('all');
  const [isFollowing, setFollowing] = useState(true);
  const shown = useMemo(() => filterLog(entries, { search, level, source }), [entries, search, level, source]);
  return (
    <section className={styles['panel']} aria-label={text.title}>
      <div className={pageStyles['bar']}>
        <SearchBox
          className={styles['search'] ?? ''}
          aria-label={text.search}
          placeholder={text.search}
          value={search}
          onChange={(_event, { value }) => setSearch(value)}
        />
        <Dropdown
          style={CHOICE}
          aria-label={text.level}
          button={oneLine(text.levels[level])}
          value={text.levels[level]}
          selectedOptions={[level]}
          onOptionSelect={(_event, { optionValue }) =>
            setLevel(LOG_LEVELS.find((each) => each === optionValue) ?? 'info')
          }
        >
          {LOG_LEVELS.map((each) => (
            <Option key={each} value={each} text={text.levels[each]}>
              {text.levels[each]}
            </Option>
          ))}
        </Dropdown>
        <Dropdown
          style={CHOICE}
          aria-label={text.source}
          button={oneLine(text.sources[source])}
          value={text.sources[source]}
          selectedOptions={[source]}
          onOptionSelect={(_event, { optionValue }) => setSource(SOURCES.find((each) => each === optionValue) ?? 'all')}
        >
          {SOURCES.map((each) => (
            <Option key={each} value={each} text={text.sources[each]}>
              {text.sources[each]}
            </Option>
          ))}
        </Dropdown>
        <Switch label={text.follow} checked={isFollowing} onChange={(_event, { checked }) => setFollowing(checked)} />
        <span className={styles['count']} role="status">
          {text.count(formatCount(shown.length), formatCount(entries.length))}
        </span>
        <Button icon={<FolderOpenRegular />} onClick={() => void call('openLogFolder')}>
          {text.openFolder}
        </Button>
      </div>
      {error === null ? null : <ProblemBar title={text.failed} error={error} />}
      {shown.length === 0 ? (
        <p className={styles['none']}>{entries.length === 0 ? text.empty : text.none}</p>
      ) : (
        <Lines entries={shown} isFollowing={isFollowing} />
      )}
    </section>
  );
}

interface LogFilter {
  readonly search: string;
  readonly level: LogLevel;
  readonly source: Source;
}

function filterLog(entries: readonly LogEntry[], { search, level, source }: LogFilter): readonly LogEntry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const least = LOG_LEVELS.indexOf(level);
  return entries.filter((entry) => {
    if (LOG_LEVELS.indexOf(entry.level) < least || (source !== 'all' && entry.source !== source)) return false;
    const all = `${entry.event} ${entry.text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

interface LinesProps {
  readonly entries: readonly LogEntry[];
  readonly isFollowing: boolean;
}

function Lines({ entries, isFollowing }: LinesProps): ReactElement {
  const { logs: text } = useText('diagnostics');
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- the list is its only user, and is not memoized
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const newest = entries.at(-1)?.sequence ?? 0;
  useEffect(() => {
    if (isFollowing) virtualizer.scrollToIndex(entries.length - 1, { align: 'end' });
  }, [isFollowing, newest, entries.length, virtualizer]);
  return (
    // What scrolls is reached by the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={styles['list']} role="log" aria-label={text.list} aria-live="off" tabIndex={0}>
      <div className={styles['content']} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const entry = entries[index];
          return entry === undefined ? null : <Line key={entry.sequence} entry={entry} top={start} />;
        })}
      </div>
    </div>
  );
}

function Line({ entry, top }: { readonly entry: LogEntry; readonly top: number }): ReactElement {
  const { logs: text } = useText('diagnostics');
  return (
    <div
      className={styles['line']}
      data-level={entry.level}
      style={{ transform: `translateY(${top}px)` }}
      title={`${formatDateTime(entry.atMs)} ${entry.event}\n${entry.text}`}
    >
      <span className={styles['time']}>{formatTimeOfDay(entry.atMs)}</span>
      <span className={styles['level']}>{text.levelShort[entry.level]}</span>
      <span className={styles['source']}>{text.sources[entry.source]}</span>
      <span className={styles['text']}>
        <strong>{entry.event}</strong> {entry.text}
      </span>
    </div>
  );
}
