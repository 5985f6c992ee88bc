import type { ReactElement, ReactNode } from 'react';
import styles from './page-header.module.css';

export interface PageHeaderProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHeader({ title, subtitle, actions }: PageHeaderProps): ReactElement {
  return (
    <header className={styles['header']}>
      <div className={styles['text']}>
        <h1 className={styles['title']}>{title}</h1>
        {subtitle === undefined ? null : <p className={styles['subtitle']}>{subtitle}</p>}
      </div>
      <div className={styles['actions']}>{actions}</div>
    </header>
  );
}
