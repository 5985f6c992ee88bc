import type { ReactElement } from 'react';
import styles from './sparkline.module.css';

const WIDTH = 600;
const HEIGHT = 72;

/** One bar per value, the newest at the right. The numbers beside it say the same, so it is hidden from screen readers. */
export function Sparkline({ values }: { readonly values: readonly number[] }): ReactElement {
  const highest = Math.max(1, ...values);
  const step = WIDTH / values.length;
  return (
    <svg className={styles['chart']} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {values.map((value, index) => {
        const height = value === 0 ? 2 : Math.max(4, (value / highest) * HEIGHT);
        return (
          <rect
            key={index}
            className={value === 0 ? styles['none'] : styles['bar']}
            x={index * step + 1}
            y={HEIGHT - height}
            width={step - 2}
            height={height}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
