import type { ReactElement } from 'react';
import type { ChartSeries } from './make-plot.ts';
import styles from './chart-legend.module.css';

export interface ChartLegendProps {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  /** The value at the moment that is looked at, or of the whole span. */
  readonly valueOf: (position: number) => string;
  /** Positions of those that are not drawn. */
  readonly hidden: ReadonlySet<number>;
  readonly onToggle: (position: number) => void;
}

/** What each line is and its value; a click hides the line or shows it again. */
export function ChartLegend({ title, series, valueOf, hidden, onToggle }: ChartLegendProps): ReactElement {
  return (
    <ul className={styles['legend']} aria-label={title}>
      {series.map(({ label, colour, dash }, position) => (
        <li key={label}>
          <button
            type="button"
            className={styles['entry']}
            aria-pressed={!hidden.has(position)}
            onClick={() => onToggle(position)}
          >
            <svg className={styles['key']} viewBox="0 0 18 4" aria-hidden="true" style={{ color: `var(${colour})` }}>
              <line x1="0" y1="2" x2="18" y2="2" strokeDasharray={dash.join(' ')} />
            </svg>
            <span>{label}</span>
            <span className={styles['value']}>{valueOf(position)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
