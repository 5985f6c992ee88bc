import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartColours } from './chart-colours.ts';

/** One line, or the bars of one kind. */
export interface ChartSeries {
  readonly label: string;
  /** One for each time; null where there is nothing to show. */
  readonly values: readonly (number | null)[];
  /** The variable of the theme that colours it. */
  readonly colour: string;
  /** Lengths of dashes and of gaps, in pixels; empty for a whole line. */
  readonly dash: readonly number[];
}

export interface PlotOptions {
  readonly place: HTMLElement;
  readonly height: number;
  /** Bars stand on each other. */
  readonly kind: 'lines' | 'bars';
  readonly series: readonly ChartSeries[];
  readonly colours: ChartColours;
  readonly formatValue: (value: number) => string;
  readonly formatTime: (ms: number) => string;
  /** Whether the values are octets, whose round numbers are powers of two. */
  readonly isOctets: boolean;
  readonly onIndex: (index: number | null) => void;
}

const FONT_PX = 11;
const VALUE_AXIS_PX = 64;
const TIME_AXIS_PX = 26;
const POWERS_OF_TWO = Array.from({ length: 48 }, (_, index) => 2 ** index);

/** Draws a chart into a place. The caller gives it its data, its width, and destroys it. */
export function makePlot(options: PlotOptions): uPlot {
  const { place, height, kind, series, colours, formatValue, formatTime } = options;
  const font = `${FONT_PX}px ${getComputedStyle(place).fontFamily}`;
  const grid = { stroke: colours.grid, width: 1 };
  return new uPlot(
    {
      width: Math.max(1, place.clientWidth),
      height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === 'lines' } },
      scales: {
        x: { time: true, range: (plot, first, last) => [first, last + stepOf(plot)] },
        y: { range: (_plot, _least, highest) => [0, highest > 0 ? highest * 1.1 : 1] },
      },
      axes: [
        {
          stroke: colours.text,
          font,
          size: TIME_AXIS_PX,
          gap: 4,
          space: 60,
          grid: { show: false },
          ticks: { show: false },
          values: (_plot, seconds) => seconds.map((second) => formatTime(second * 1000)),
        },
        {
          stroke: colours.text,
          font,
          size: VALUE_AXIS_PX,
          gap: 6,
          space: 36,
          grid,
          ticks: { show: false },
          ...(options.isOctets ? { incrs: POWERS_OF_TWO } : {}),
          values: (_plot, values) => values.map(formatValue),
        },
      ],
      series: [
        {},
        ...series.map(({ dash }, index): uPlot.Series => {
          const colour = colours.series[index];
          const line = { stroke: colour?.line ?? colours.text, dash: [...dash], pxAlign: 0 };
          if (kind === 'bars') {
            return { ...line, width: 0, fill: colour?.line ?? colours.text, points: { show: false }, ...BARS };
          }
          const isFilled = series.length === 1;
          return {
            ...line,
            width: 1.75,
            ...(isFilled && colour !== undefined ? { fill: colour.area } : {}),
            points: { show: true, size: 4, fill: colour?.line ?? colours.text, filter: findLonePoints },
          };
        }),
      ],
      hooks: { setCursor: [(plot) => options.onIndex(plot.cursor.idx ?? null)] },
    },
    undefined,
    place,
  );
}

/** A step has a length: what happened in the last one lies behind its begin. */
function stepOf({ data: [seconds] }: uPlot): number {
  return (seconds[1] ?? 1) - (seconds[0] ?? 0);
}

const makeBars = uPlot.paths.bars;
const BARS: Partial<uPlot.Series> = makeBars === undefined ? {} : { paths: makeBars({ size: [0.9, 24], align: 1 }) };

/** A value between two that are missing is no line: it is shown as a point. */
function findLonePoints(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  const isThere = (index: number): boolean => values[index] !== null && values[index] !== undefined;
  return Array.from(values, (_, index) => index).filter(
    (index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1),
  );
}
