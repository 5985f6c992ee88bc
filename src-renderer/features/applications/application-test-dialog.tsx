import { Button, DialogActions, DialogBody, DialogContent, DialogTitle, Spinner } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { ApplicationTest, ApplicationTestStation } from '../../../src-shared/ipc/application-test.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { Modal } from '../../ui/modal.tsx';
import { useText } from '../../ui/use-text.ts';
import { Timeline } from '../traffic/timeline.tsx';
import styles from './application-test-dialog.module.css';

export interface ApplicationTestDialogProps {
  readonly application: Application;
  readonly onClose: () => void;
}

/** Goes the way of a request, and shows what was found at each station and what was not tested. */
export function ApplicationTestDialog({ application, onClose }: ApplicationTestDialogProps): ReactElement {
  const text = useText('applicationTest');
  const [result, setResult] = useState<ApplicationTest | null>(null);
  const test = useAction(async () => setResult(await call('testApplication', { id: application.id })));
  const { run } = test;
  useEffect(() => void run(), [run]);
  return (
    <Modal isAlert onClose={onClose}>
      <DialogBody>
        <DialogTitle>{text.title(application.displayName)}</DialogTitle>
        <DialogContent>
          {test.error === null ? null : <ProblemBar title={text.failedTitle} error={test.error} />}
          {result === null ? (
            test.isRunning ? (
              <Spinner size="small" label={text.running} />
            ) : null
          ) : (
            <>
              <ol className={styles['stations']} aria-label={text.stations}>
                {result.stations.map((found) => (
                  <Station key={found.station} found={found} />
                ))}
              </ol>
              {result.timedRequest === null ? null : <Timeline request={result.timedRequest} />}
              {result.activityId === null ? null : (
                <p className={styles['activity']}>
                  {text.activityId(result.activityId)}{' '}
                  <CopyButton text={result.activityId} label={text.copyActivityId} />
                </p>
              )}
            </>
          )}
        </DialogContent>
        <DialogActions>
          {/* Disabled outright it would drop the focus, and the dialog with it out of what screen readers see. */}
          <Button disabledFocusable={test.isRunning} onClick={() => void run()}>
            {test.isRunning ? text.running : text.again}
          </Button>
          <Button appearance="primary" onClick={onClose}>
            {text.close}
          </Button>
        </DialogActions>
      </DialogBody>
    </Modal>
  );
}

const MARKS = { passed: 'ok', failed: 'offline', skipped: 'paused' } as const;

function Station({ found }: { readonly found: ApplicationTestStation }): ReactElement {
  const text = useText('applicationTest');
  const hops = useText('applicationStatus').hop;
  const { station, outcome, finding, detail, hop, durationMs, remedy } = found;
  return (
    <li className={styles['station']} data-outcome={outcome}>
      <StatusMark status={MARKS[outcome]} />
      <span className={styles['name']}>{text.station[station]}</span>
      <span className={styles['finding']}>
        {text.finding[finding](detail)}
        {outcome === 'failed' && hop !== null ? ` ${text.atHop(hops[hop])}` : null}
        {remedy === null ? null : <strong> {remedy}</strong>}
      </span>
      <span className={styles['time']}>{durationMs === null ? '' : formatDuration(durationMs)}</span>
    </li>
  );
}
