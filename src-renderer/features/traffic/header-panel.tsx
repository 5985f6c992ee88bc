import { type ReactElement, useEffect, useState } from 'react';
import type { KeptHeader, TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { call } from '../../bridge/bridge.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './header-panel.module.css';

/** The headers of a request and of its answer, asked for as somebody looks. */
export function HeaderPanel({ record }: { readonly record: TrafficRecord }): ReactElement {
  const text = useText('trafficContent');
  const heads = useHeads(record);
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

/** Undefined until the answer has come; null where none are kept. */
function useHeads({ sequence, status, outcome }: TrafficRecord): TrafficHeads | null | undefined {
  const [heads, setHeads] = useState<TrafficHeads | null | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    // Headers are a nicety: where they can't be read the rest of the details stands.
    const read = call('readTrafficHeads', { sequence }).catch(() => null);
    void read.then((found) => {
      if (!isOver) setHeads(found);
    });
    return () => {
      isOver = true;
    };
  }, [sequence, status, outcome]);
  return heads;
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
