import { Button, Link } from '@fluentui/react-components';
import { CodeRegular } from '@fluentui/react-icons/svg/code';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { ReactElement, ReactNode } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { sayCause } from '../../../src-shared/text/say-error.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatBytes, formatDate, formatTimeOfDay } from '../../ui/format.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import { describeStatus } from './describe-status.ts';
import { BodyPanel } from './body-panel.tsx';
import { HeaderPanel } from './header-panel.tsx';
import { ReplayPanel } from './replay-panel.tsx';
import { Timeline } from './timeline.tsx';
import { toCurl } from './to-curl.ts';
import { useBodies } from './use-bodies.ts';
import { useHeads } from './use-heads.ts';
import styles from './traffic-detail.module.css';

/** The details, where Enter in the list leads to. */
export const DETAIL_ID = 'traffic-detail';

export interface TrafficDetailProps {
  readonly record: TrafficRecord;
  readonly onClose: () => void;
}

/** All that is known of one request. Another one needs another key. */
export function TrafficDetail({ record, onClose }: TrafficDetailProps): ReactElement {
  const text = useText('traffic');
  const language = useLanguage();
  const { go } = useNavigation();
  const status = describeStatus(record, text);
  const heads = useHeads(record);
  const bodies = useBodies(record.sequence);
  // Without its headers and its body it were another request.
  const curl =
    heads === undefined || bodies === undefined ? null : toCurl({ record, heads, body: bodies?.request ?? null });
  const remedy = record.errorCode === null ? undefined : text.remedies[record.errorCode];
  return (
    <aside id={DETAIL_ID} className={styles['detail']} aria-label={text.detail} tabIndex={-1}>
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
          aria-label={text.closeDetail}
          onClick={onClose}
        />
      </header>
      <div className={styles['url']}>
        {record.url}
        <CopyButton text={record.url} label={text.copyUrl} />
        <CopyButton text={curl} label={text.copyCurl} icon={<CodeRegular />} />
      </div>
      <div className={styles['parts']}>
        <div className={styles['part']}>
          {record.errorCause === null && record.errorCode === null ? null : (
            <div className={styles['cause']} data-testid="error-cause">
              <strong>{record.errorCode}</strong>
              {record.errorHop === null ? null : <> · {text.hops[record.errorHop]}</>}
              <br />
              {sayCause(record.errorCode, record.errorCause, language)}
              {remedy === undefined ? null : <p className={styles['remedy']}>{remedy}</p>}
              <Link
                as="button"
                className={styles['why'] ?? ''}
                onClick={() => go('diagnostics', { activityId: record.activityId })}
              >
                {text.why}
              </Link>
            </div>
          )}
          <Timeline request={record} />
        </div>
        <dl className={styles['facts']}>
          <Fact label={text.outcome}>{text.outcomes[record.outcome]}</Fact>
          <Fact label={text.columns.user}>{record.userName ?? text.notSignedIn}</Fact>
          <Fact label={text.columns.application}>{record.applicationName}</Fact>
          <Fact label={text.columns.time}>
            {formatDate(record.startedAtMs)}, {formatTimeOfDay(record.startedAtMs)}
          </Fact>
          <Fact label={text.columns.sent}>{formatBytes(record.requestBytes)}</Fact>
          <Fact label={text.received}>{formatBytes(record.responseBytes)}</Fact>
          <Fact label={text.columns.activityId}>
            <span className={styles['id']}>{record.activityId}</span>
            <CopyButton text={record.activityId} label={text.copyActivityId} />
          </Fact>
        </dl>
        {bodies ? <BodyPanel bodies={bodies} /> : null}
        <HeaderPanel heads={heads} />
        <ReplayPanel record={record} />
      </div>
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
