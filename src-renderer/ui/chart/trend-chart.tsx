import { type KeyboardEvent, type ReactElement, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { useForcedColours } from '../use-forced-colours.ts';
import { useInView } from '../use-in-view.ts';
import { useIsDark } from '../use-is-dark.ts';
import { readChartColours } from './chart-colours.ts';
import { ChartLegend } from './chart-legend.tsx';
import { type ChartSeries, makePlot } from './make-plot.ts';
import styles from './trend-chart.module.css';

const HEIGHT_PX = 148;
const PAGE_STEPS = 10;
/** A place left of the chart: no point is looked at. */
const NOWHERE = { left: -10, top: -10 };

export interface TrendChartProps {
  readonly title: string;
  /** What a person who does not see it needs to know. */
  readonly summary: string;
  /** Begin of each step, ms since the epoch, rising. */
  readonly times: readonly number[];
  readonly kind: 'lines' | 'bars';
  readonly series: readonly (ChartSeries & { readonly total: string })[];
  readonly isOctets?: boolean;
  readonly formatValue: (value: number) => string;
  /** Short, for the axis. */
  readonly formatTime: (ms: number) => string;
  /** In full, for the point that is looked at. */
  readonly formatMoment: (ms: number) => string;
  /** The point that is looked at, in this chart or in one beside it; null for none. */
  readonly index: number | null;
  readonly onIndex: (index: number | null) => void;
}

/**
 * Values over time. The pointer or the arrow keys choose a moment, whose values stand in the legend; a kind is hidden and
 * shown by its entry there. To screen readers it is a slider over the moments.
 */
export function TrendChart(props: TrendChartProps): ReactElement {
  const { title, summary, times, kind, series, isOctets = false, formatValue, formatMoment, index } = props;
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  const isDark = useIsDark();
  const isForced = useForcedColours();
  const isInView = useInView(place);
  const summaryId = useId();
  useLayoutEffect(() => {
    latest.current = props;
  });
  const shape = JSON.stringify(series.map(({ label, colour, dash }) => [label, colour, dash]));
  // The theme's variables are in force once all layout effects have run.
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const { series: wanted } = latest.current;
    const made = makePlot({
      place: element,
      height: HEIGHT_PX,
      kind,
      series: wanted,
      colours: readChartColours(
        element,
        wanted.map(({ colour }) => colour),
        isForced,
      ),
      formatValue: (value) => latest.current.formatValue(value),
      formatTime: (ms) => latest.current.formatTime(ms),
      isOctets,
      onIndex: (found) => latest.current.onIndex(found),
    });
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [kind, isOctets, shape, isDark, isForced]);
  useEffect(() => {
    // Drawing is what a chart costs each second: one below the edge of the window waits until it is scrolled to.
    if (!isInView) return;
    const shown = series.map(({ values }, position) => (hidden.has(position) ? [] : values));
    const drawn = kind === 'bars' ? stack(shown, times.length) : shown;
    plot.current?.setData([times.map((ms) => ms / 1000), ...drawn.map((values) => [...values])]);
  }, [kind, isOctets, shape, isDark, isForced, times, series, hidden, isInView]);
  useEffect(() => {
    const made = plot.current;
    const ms = index === null ? undefined : times[index];
    if (made === null || !isInView) return;
    made.setCursor(ms === undefined ? NOWHERE : { left: made.valToPos(ms / 1000, 'x'), top: 0 }, false);
  }, [index, times, kind, isOctets, shape, isDark, isForced, isInView]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moveBy(event.key, index, times.length);
    if (next === undefined) return;
    event.preventDefault();
    props.onIndex(next);
  };
  const moment = index === null ? undefined : times[index];
  const valueOf = (position: number): string => {
    if (index === null || moment === undefined) return series[position]?.total ?? '';
    const value = series[position]?.values[index];
    return value === null || value === undefined ? '–' : formatValue(value);
  };
  const spoken = series.map(({ label }, position) => `${label} ${valueOf(position)}`).join(', ');
  return (
    <section className={styles['chart']} aria-label={title}>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{title}</h2>
        <span className={styles['moment']}>{moment === undefined ? null : formatMoment(moment)}</span>
      </div>
      <div
        ref={place}
        className={styles['place']}
        style={{ height: HEIGHT_PX }}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-describedby={summaryId}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, times.length - 1)}
        aria-valuenow={index ?? Math.max(0, times.length - 1)}
        aria-valuetext={moment === undefined ? spoken : `${formatMoment(moment)}: ${spoken}`}
        onKeyDown={onKeyDown}
        onBlur={() => props.onIndex(null)}
      />
      <p id={summaryId} className={styles['summary']}>
        {summary}
      </p>
      <ChartLegend
        title={title}
        series={series}
        valueOf={valueOf}
        hidden={hidden}
        onToggle={(position) => {
          const next = new Set(hidden);
          if (!next.delete(position)) next.add(position);
          setHidden(next);
        }}
      />
    </section>
  );
}

/** Where a key leads to from a point: null lets go, undefined is no key of the chart's. */
function moveBy(key: string, index: number | null, count: number): number | null | undefined {
  const last = count - 1;
  const from = index ?? count;
  const to = (target: number): number => Math.max(0, Math.min(last, target));
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return to(from - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return to(index === null ? last : from + 1);
    case 'PageDown':
      return to(from - PAGE_STEPS);
    case 'PageUp':
      return to(index === null ? last : from + PAGE_STEPS);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}

/** Each kind upon those after it: what is drawn first reaches highest. */
function stack(series: readonly (readonly (number | null)[])[], count: number): (number | null)[][] {
  const sum = Array.from({ length: count }, () => 0);
  const stacked = series.toReversed().map((values) => {
    if (values.length === 0) return [];
    return sum.map((below, index) => {
      const value = values[index] ?? 0;
      sum[index] = below + value;
      // Of nothing not even an edge is drawn.
      return value === 0 ? null : below + value;
    });
  });
  return stacked.toReversed();
}
