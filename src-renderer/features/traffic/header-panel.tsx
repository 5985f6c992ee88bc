import type { ReactElement } from 'react';
import type { KeptHeader, TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './header-panel.module.css';

/** The headers of a request and of its answer; undefined until they have come, null where none are kept. */
export function HeaderPanel({ heads }: { readonly heads: TrafficHeads | null | undefined }): ReactElement {
  const text = useText('trafficContent');
  return (
    <section className={styles['panel']} aria-label={text.headers}>
      {heads === undefined ? null : heads === null ? (
        <p className={styles['note']}>{text.noHeaders}</p>
      ) : (
        <>
          <HeaderList title={text.requestHeaders} headers={heads.request} />
          {heads.response === null ? null : <HeaderList title={text.responseHeaders} headers={heads.response} />}
        </>
      )}
    </section>
  );
}

function HeaderList({
  title,
  headers,
}: {
  readonly title: string;
  readonly headers: readonly KeptHeader[];
}): ReactElement {
  return (
    <details className={styles['group']}>
      <summary className={styles['title']}>
        {title} <span className={styles['count']}>{headers.length}</span>
      </summary>
      <dl className={styles['list']}>
        {headers.map(({ name, value }, index) => (
          <div key={index} className={styles['header']}>
            <dt className={styles['name']}>{name}</dt>
            <dd className={styles['value']}>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
