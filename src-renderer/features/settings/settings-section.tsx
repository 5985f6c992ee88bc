import type { ReactElement, ReactNode } from 'react';
import styles from './settings-page.module.css';

export interface SettingsSectionProps {
  readonly title: string;
  readonly text?: string;
  readonly children: ReactNode;
}

/** A part of the page: what it is about on the left, what can be set on the right. */
export function SettingsSection({ title, text, children }: SettingsSectionProps): ReactElement {
  return (
    <section className={styles['section']} aria-label={title}>
      <div>
        <h2 className={styles['title']}>{title}</h2>
        {text === undefined ? null : <p className={styles['text']}>{text}</p>}
      </div>
      <div className={styles['content']}>{children}</div>
    </section>
  );
}
