import type { ReactElement } from 'react';
import { useAppState } from '../stores/app-store.ts';
import { describeHealth } from './describe-health.ts';
import { StatusMark } from './status-mark.tsx';
import { useText } from './use-text.ts';
import styles from './connector-status.module.css';

/** Which connector this is and whether it is connected; at the foot of the navigation, on each page. */
export function ConnectorStatus(): ReactElement | null {
  const connector = useAppState((state) => state.connector);
  const service = useAppState((state) => state.service);
  const health = useAppState(describeHealth);
  const text = useText('status');
  if (connector === null) return null;
  return (
    <div className={styles['status']} role="status" data-testid="connector-status">
      <div className={styles['line']}>
        <StatusMark status={health.status} />
        <span>{text[health.word]}</span>
      </div>
      <div className={styles['name']} title={connector.displayName}>
        {connector.displayName}
      </div>
      <div className={styles['name']} title={service?.serviceUrl}>
        {service?.displayName}
      </div>
    </div>
  );
}
