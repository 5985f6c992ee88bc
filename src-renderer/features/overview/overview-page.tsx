import { Button, Link } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { describeHealth } from '../../ui/describe-health.ts';
import { useNotify } from '../../ui/notify.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ApplicationWatchList } from './application-watch-list.tsx';
import { DrainedBar } from './drained-bar.tsx';
import { FailureList } from './failure-list.tsx';
import { HealthBanner } from './health-banner.tsx';
import { RejectedApplications } from './rejected-applications.tsx';
import { Trends } from './trends.tsx';
import { TunnelList } from './tunnel-list.tsx';
import { useLastFailures } from './use-last-failures.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './overview-page.module.css';

/** Whether all is well, and if not, where not. */
export function OverviewPage(): ReactElement {
  const isPaused = useAppState((state) => state.isPaused);
  const health = useAppState(describeHealth);
  const { go } = useNavigation();
  const failures = useLastFailures();
  const text = useText('overview');
  const shell = useText('shell');
  const notify = useNotify();
  const setPaused = (isWanted: boolean): void =>
    void call(isWanted ? 'pauseConnector' : 'resumeConnector').catch((error: unknown) =>
      notify.failure(text.pauseNotKept, error),
    );
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
              <Button appearance="primary" icon={<PlayRegular />} onClick={() => setPaused(false)}>
                {text.resume}
              </Button>
            ) : (
              <Button icon={<PauseRegular />} onClick={() => setPaused(true)}>
                {text.pause}
              </Button>
            )}
          </>
        }
      />
      <div className={styles['body']}>
        <HealthBanner />
        <DrainedBar />
        <RejectedApplications />
        <ApplicationWatchList />
        <div className={styles['columns']}>
          <section className={styles['card']} aria-label={text.tunnels}>
            <div className={styles['cardHead']}>
              <h2 className={styles['cardTitle']}>{text.tunnels}</h2>
            </div>
            <TunnelList />
          </section>
          <section className={styles['card']} aria-label={text.lastFailures}>
            <div className={styles['cardHead']}>
              <h2 className={styles['cardTitle']}>{text.lastFailures}</h2>
              <Link as="button" onClick={() => go('traffic')}>
                {text.allTraffic}
              </Link>
            </div>
            <FailureList failures={failures} />
          </section>
        </div>
        <Trends />
      </div>
    </>
  );
}
