import type { ReactElement, ReactNode } from 'react';
import styles from './conditions.module.css';

/** A group of fields of a policy: for whom, from where, when. */
export function FormPart({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <div role="group" aria-label={title} className={styles['part']}>
      <h4 className={styles['title']}>{title}</h4>
      {children}
    </div>
  );
}
