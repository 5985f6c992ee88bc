import { Button, Dropdown, Option, SearchBox, Switch } from '@fluentui/react-components';
import { FolderOpenRegular } from '@fluentui/react-icons/svg/folder-open';
import { type ReactElement, useMemo, useState } from 'react';
import { LOG_LEVELS, LOG_SOURCES, type LogEntry, type LogLevel } from '../../../src-shared/ipc/diagnostics-models.ts';
import { call } from '../../bridge/bridge.ts';
import { formatCount } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { oneLine } from '../../ui/one-line.tsx';
import { useText } from '../../ui/use-text.ts';
import pageStyles from './diagnostics-page.module.css';
import { LogLines } from './log-lines.tsx';
import styles from './log-panel.module.css';
import { MAX_ENTRIES, useLog } from './use-log.ts';

type Source = (typeof LOG_SOURCES)[number] | 'all';
const SOURCES: readonly Source[] = ['all', ...LOG_SOURCES];
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
          {(entries.length < MAX_ENTRIES ? text.count : text.countNewest)(
            formatCount(shown.length),
            formatCount(entries.length),
          )}
        </span>
        <Button icon={<FolderOpenRegular />} onClick={() => void call('openLogFolder')}>
          {text.openFolder}
        </Button>
      </div>
      {error === null ? null : <ProblemBar title={text.failed} error={error} />}
      {shown.length === 0 ? (
        <p className={styles['none']}>{entries.length === 0 ? text.empty : text.none}</p>
      ) : (
        <LogLines entries={shown} isFollowing={isFollowing} onFollow={setFollowing} />
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
