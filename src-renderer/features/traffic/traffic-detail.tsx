import { Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { ReactElement, ReactNode } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { Hop } from '../../../src-shared/errors/failing-hop.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatBytes, formatDate, formatTimeOfDay } from '../../ui/format.ts';
import { describeStatus } from './describe-status.ts';
import { Timeline } from './timeline.tsx';
import styles from './traffic-detail.module.css';

const OUTCOMES: Readonly<Record<TrafficRecord['outcome'], string>> = {
  open: 'still open',
  complete: 'complete',
  failed: 'failed',
  cancelled: 'the user went away',
};

const HOP_NAMES: Readonly<Record<Hop, string>> = {
  client: 'at the user',
  service: 'at the service',
  'sign-in': 'at sign-in',
  policy: 'by a setting',
  connector: 'at this connector',
  tunnel: 'in the tunnel',
  dns: 'resolving the name',
  connect: 'connecting',
  tls: 'securing the connection',
  backend: 'at the application',
};

export interface TrafficDetailProps {
  readonly record: TrafficRecord;
  readonly onClose: () => void;
}

/** All that is known of one request. */
export function TrafficDetail({ record, onClose }: TrafficDetailProps): ReactElement {
  const status = describeStatus(record);
  return (
    <aside className={styles['detail']} aria-label="Request">
      <header className={styles['head']}>
        <h2 className={styles['title']}>
          {record.isUpgrade ? 'WebSocket' : record.method}{' '}
          <span className={styles['status']} data-tone={status.tone}>
            {status.text}
          </span>
        </h2>
        <Button
          size="small"
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label="Close the details"
          onClick={onClose}
        />
      </header>
      <div className={styles['url']}>
        {record.url}
        <CopyButton text={record.url} label="Copy the URL" />
      </div>
      {record.errorCause === null && record.errorCode === null ? null : (
        <div className={styles['cause']} data-testid="error-cause">
          <strong>{record.errorCode}</strong>
          {record.errorHop === null ? null : <> · {HOP_NAMES[record.errorHop]}</>}
          <br />
          {record.errorCause}
        </div>
      )}
      <Timeline timing={record.timing} />
      <dl className={styles['facts']}>
        <Fact label="Outcome">{OUTCOMES[record.outcome]}</Fact>
        <Fact label="User">{record.userName ?? 'not signed in'}</Fact>
        <Fact label="Application">{record.applicationName}</Fact>
        <Fact label="Time">
          {formatDate(record.startedAtMs)}, {formatTimeOfDay(record.startedAtMs)}
        </Fact>
        <Fact label="Sent">{formatBytes(record.requestBytes)}</Fact>
        <Fact label="Received">{formatBytes(record.responseBytes)}</Fact>
        <Fact label="Activity id">
          <span className={styles['id']}>{record.activityId}</span>
          <CopyButton text={record.activityId} label="Copy the activity id" />
        </Fact>
      </dl>
    </aside>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={styles['fact']}>
      <dt className={styles['label']}>{label}</dt>
      <dd className={styles['value']}>{children}</dd>
    </div>
  );
}
