import { Button } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { describeHealth } from '../../ui/describe-health.ts';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { FailureList } from './failure-list.tsx';
import { HealthBanner } from './health-banner.tsx';
import { RejectedApplications } from './rejected-applications.tsx';
import { Sparkline } from './sparkline.tsx';
import { TunnelList } from './tunnel-list.tsx';
import { useTrafficSummary } from './use-traffic-summary.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './overview-page.module.css';

/** Whether all is well, and if not, where not. */
export function OverviewPage(): ReactElement {
  const isPaused = useAppState((state) => state.isPaused);
  const engine = useAppState((state) => state.engine);
  const health = useAppState(describeHealth);
  const { go } = useNavigation();
  const summary = useTrafficSummary();
  const text = useText('overview');
  const shell = useText('shell');
  const count = engine?.applications.length ?? 0;
  return (
    <>
      <PageHeader
        title={shell.page.overview}
        actions={
          <>
            {health.status === 'offline' ? (
              <Button icon={<ArrowClockwiseRegular />} onClick={() => void call('retryConnector')}>
                {text.retryNow}
              </Button>
            ) : null}
            {isPaused ? (
              <Button appearance="primary" icon={<PlayRegular />} onClick={() => void call('resumeConnector')}>
                {text.resume}
              </Button>
            ) : (
              <Button icon={<PauseRegular />} onClick={() => void call('pauseConnector')}>
                {text.pause}
              </Button>
            )}
          </>
        }
      />
      <div className={styles['body']}>
        <HealthBanner />
        <RejectedApplications />
        <dl className={styles['figures']}>
          <Figure label={text.applications} value={formatCount(count)} note={text.applicationsNote} />
          <Figure label={text.requests} value={formatCount(summary.requests)} note={text.inTheLastMinute} />
          <Figure
            label={text.medianAnswer}
            value={summary.medianMs === null ? '–' : formatDuration(summary.medianMs)}
            note={summary.slowMs === null ? text.noAnswersYet : text.mostWithin(formatDuration(summary.slowMs))}
          />
          <Figure
            label={text.failures}
            value={formatCount(summary.failures)}
            note={text.inTheLastMinute}
            isBad={summary.failures > 0}
          />
        </dl>
        <section className={styles['card']} aria-label={text.requestsPerSecond}>
          <div className={styles['cardHead']}>
            <h2 className={styles['cardTitle']}>{text.requestsPerSecond}</h2>
            <span className={styles['cardNote']}>
              {text.lastSixtySeconds(formatCount(Math.max(...summary.perSecond)))}
            </span>
          </div>
          <Sparkline values={summary.perSecond} />
        </section>
        <div className={styles['columns']}>
          <section className={styles['card']} aria-label={text.tunnels}>
            <div className={styles['cardHead']}>
              <h2 className={styles['cardTitle']}>{text.tunnels}</h2>
            </div>
            <TunnelList tunnels={engine?.tunnels ?? []} />
          </section>
          <section className={styles['card']} aria-label={text.lastFailures}>
            <div className={styles['cardHead']}>
              <h2 className={styles['cardTitle']}>{text.lastFailures}</h2>
              <Button size="small" appearance="transparent" onClick={() => go('traffic')}>
                {text.allTraffic}
              </Button>
            </div>
            <FailureList failures={summary.lastFailures} />
          </section>
        </div>
      </div>
    </>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly isBad?: boolean;
}

function Figure({ label, value, note, isBad }: FigureProps): ReactElement {
  return (
    <div className={styles['figure']}>
      <dt className={styles['label']}>{label}</dt>
      <dd className={styles['value']} data-bad={isBad === true}>
        {value}
      </dd>
      <dd className={styles['figureNote']}>{note}</dd>
    </div>
  );
}
