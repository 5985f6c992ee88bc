import type { ReactElement } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { sayCauseInShort } from '../../../src-shared/text/say-error.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { formatTimeOfDay } from '../../ui/format.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import styles from './failure-list.module.css';

export function FailureList({ failures }: { readonly failures: readonly TrafficRecord[] }): ReactElement {
  const { go } = useNavigation();
  const text = useText('overview');
  const language = useLanguage();
  if (failures.length === 0) return <p className={styles['none']}>{text.noFailures}</p>;
  return (
    <ul>
      {failures.map((record) => (
        <li key={record.sequence} className={styles['failure']}>
          <button
            type="button"
            className={styles['row']}
            onClick={() => go('traffic', { trafficText: record.activityId })}
          >
            <span className={styles['time']}>{formatTimeOfDay(record.startedAtMs)}</span>
            <span className={styles['status']}>{record.status ?? text.failed}</span>
            <span className={styles['what']}>
              {record.applicationName}:{' '}
              {sayCauseInShort(record.errorCode, record.errorCause, language) ?? `${record.method} ${record.url}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
