import { type ReactElement, useMemo, useState } from 'react';
import type { TrafficFigure, TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from '../../ui/format.ts';
import { TrendChart, type TrendChartProps } from '../../ui/chart/trend-chart.tsx';
import { useText } from '../../ui/use-text.ts';
import { momentFormat } from './moment-format.ts';
import type { TrendRange } from './trend-range.ts';
import styles from './trends.module.css';

const WHOLE: readonly number[] = [];
const DASHED: readonly number[] = [6, 3];
const DOTTED: readonly number[] = [2, 3];

type Line = TrendChartProps['series'][number];

/** Requests, times of answers, errors by kind, and octets over time; a moment that is looked at is looked at in all four. */
export function TrendCharts({ range, figures }: { range: TrendRange; figures: TrafficFigures }): ReactElement {
  const text = useText('trends');
  const [index, setIndex] = useState<number | null>(null);
  const { formatTime, formatMoment } = momentFormat(range);
  const times = useMemo(() => figures.points.map(({ atMs }) => atMs), [figures]);
  const lines = useMemo(() => {
    const { points, total, stepMs } = figures;
    const stepSeconds = stepMs / 1000;
    const spanSeconds = stepSeconds * points.length;
    const perSecond = (value: number): string => text.perSecond(formatRate(value));
    const octets = (value: number): string => text.perSecond(formatBytes(value));
    const time = (value: number | null): string => (value === null ? '–' : formatDuration(value));
    const line = (
      label: string,
      colour: string,
      dash: readonly number[],
      valueOf: (point: TrafficFigure) => number | null,
      whole: string,
    ): Line => ({ label, colour, dash, values: points.map(valueOf), total: whole });
    return {
      requests: [
        line(
          text.requests,
          '--colorBrandForeground1',
          WHOLE,
          ({ requests }) => requests / stepSeconds,
          perSecond(total.requests / spanSeconds),
        ),
      ],
      answers: [
        line(text.median, '--colorBrandForeground1', WHOLE, ({ medianMs }) => medianMs, time(total.medianMs)),
        line(text.slow, '--colorPaletteLightTealForeground2', DASHED, ({ slowMs }) => slowMs, time(total.slowMs)),
        line(text.tail, '--colorPaletteBerryForeground1', DOTTED, ({ tailMs }) => tailMs, time(total.tailMs)),
      ],
      errors: [
        line(text.failed, '--colorPaletteRedForeground1', WHOLE, ({ failed }) => failed, formatCount(total.failed)),
        line(
          text.serverErrors,
          '--colorPaletteDarkOrangeForeground1',
          WHOLE,
          ({ errors, failed }) => errors - failed,
          formatCount(total.errors - total.failed),
        ),
        line(
          text.refused,
          '--colorNeutralStrokeAccessible',
          WHOLE,
          ({ refused }) => refused,
          formatCount(total.refused),
        ),
      ],
      octets: [
        line(
          text.toUsers,
          '--colorBrandForeground1',
          WHOLE,
          ({ responseBytes }) => responseBytes / stepSeconds,
          octets(total.responseBytes / spanSeconds),
        ),
        line(
          text.ofUsers,
          '--colorPaletteBerryForeground1',
          DASHED,
          ({ requestBytes }) => requestBytes / stepSeconds,
          octets(total.requestBytes / spanSeconds),
        ),
      ],
      perSecond,
      octetsPerSecond: octets,
    };
  }, [figures, text]);
  const summary = (series: readonly Line[], format: (value: number) => string): string => {
    const highest = series.map(({ label, values, total }) => {
      const most = values.reduce<number>((found, value) => Math.max(found, value ?? 0), 0);
      return text.seriesSummary(label, total, format(most));
    });
    return [text.rangeSummary[range], ...highest].join(' ');
  };
  const common = { times, formatTime, formatMoment, index, onIndex: setIndex };
  return (
    <div className={styles['charts']}>
      <TrendChart
        {...common}
        title={text.requestsTitle}
        kind="lines"
        series={lines.requests}
        formatValue={lines.perSecond}
        summary={summary(lines.requests, lines.perSecond)}
      />
      <TrendChart
        {...common}
        title={text.answersTitle}
        kind="lines"
        series={lines.answers}
        formatValue={formatDuration}
        summary={summary(lines.answers, formatDuration)}
      />
      <TrendChart
        {...common}
        title={text.errorsTitle}
        kind="bars"
        series={lines.errors}
        formatValue={formatCount}
        summary={summary(lines.errors, formatCount)}
      />
      <TrendChart
        {...common}
        title={text.octetsTitle}
        kind="lines"
        series={lines.octets}
        isOctets
        formatValue={lines.octetsPerSecond}
        summary={summary(lines.octets, lines.octetsPerSecond)}
      />
    </div>
  );
}
