import { Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, useEffect, useId, useRef, useState } from 'react';
import type { LogEntry } from '../../../src-shared/ipc/diagnostics-models.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatDate, formatTimeOfDay } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './log-panel.module.css';

export interface LogLinesProps {
  readonly entries: readonly LogEntry[];
  /** Whether it stays at its end as lines come. */
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

const ROW_PX = 24;
const PAGE_ROWS = 20;
/** How far each key goes. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -PAGE_ROWS,
  PageDown: PAGE_ROWS,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** The lines, cut where the list ends; one that is chosen stands below it as a whole. Whoever looks back is not pulled to the end. */
export function LogLines({ entries, isFollowing, onFollow }: LogLinesProps): ReactElement {
  const { logs: text } = useText('diagnostics');
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const lastTopPx = useRef(0);
  const [chosen, setChosen] = useState<LogEntry | null>(null);
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
  const choose = (index: number): void => {
    const entry = entries[index];
    if (entry === undefined) return;
    setChosen(entry);
    onFollow(isFollowing && index === entries.length - 1);
    virtualizer.scrollToIndex(index);
  };
  const step = (by: number): void => {
    const at = entries.findIndex(({ sequence }) => sequence === chosen?.sequence);
    choose(Math.min(Math.max((at === -1 ? entries.length : at) + by, 0), entries.length - 1));
  };
  const onScroll = (): void => {
    if (scroller.current === null) return;
    const { scrollTop, scrollHeight, clientHeight } = scroller.current;
    if (scrollTop < lastTopPx.current && scrollTop + clientHeight < scrollHeight - ROW_PX) onFollow(false);
    lastTopPx.current = scrollTop;
  };
  return (
    <>
      <div
        ref={scroller}
        className={styles['list']}
        role="listbox"
        aria-label={text.list}
        aria-activedescendant={chosen === null ? undefined : `${id}-${chosen.sequence}`}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={(event) => {
          const by = STEPS[event.key];
          if (by === undefined) return;
          event.preventDefault();
          step(by);
        }}
      >
        <div className={styles['content']} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const entry = entries[index];
            return entry === undefined ? null : (
              <Line
                key={entry.sequence}
                id={`${id}-${entry.sequence}`}
                entry={entry}
                top={start}
                isChosen={entry.sequence === chosen?.sequence}
                onChoose={() => choose(index)}
              />
            );
          })}
        </div>
      </div>
      {chosen === null ? null : <WholeLine entry={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}

interface LineProps {
  readonly id: string;
  readonly entry: LogEntry;
  readonly top: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Line({ id, entry, top, isChosen, onChoose }: LineProps): ReactElement {
  const { logs: text } = useText('diagnostics');
  return (
    // The list has the focus, and the keys.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      className={styles['line']}
      data-level={entry.level}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onChoose}
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

function WholeLine({ entry, onClose }: { readonly entry: LogEntry; readonly onClose: () => void }): ReactElement {
  const { logs: text } = useText('diagnostics');
  const { atMs, level, source, event, text: rest } = entry;
  const head = `${formatDate(atMs)}, ${formatTimeOfDay(atMs)}, ${text.levelShort[level]}, ${text.sources[source]}`;
  return (
    <section className={styles['whole']} aria-label={text.wholeLine}>
      <div className={styles['wholeHead']}>
        <span>{head}</span>
        <CopyButton
          text={`${new Date(atMs).toISOString()} ${level} ${source} ${event} ${rest}`}
          label={text.copyLine}
        />
        <Button
          size="small"
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label={text.closeLine}
          onClick={onClose}
        />
      </div>
      {/* What scrolls is reached by the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <p className={styles['wholeText']} role="region" aria-label={event} tabIndex={0}>
        <strong>{event}</strong> {rest}
      </p>
    </section>
  );
}
