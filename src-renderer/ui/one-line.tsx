import type { ReactElement } from 'react';
import styles from './one-line.module.css';

/** For the `button` of a `Dropdown`: what is chosen on one line, cut where it ends, so that nothing around it moves. */
export function oneLine(chosen: string): { readonly children: ReactElement } {
  return { children: <span className={styles['line']}>{chosen}</span> };
}
