import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { formatClock, formatCount } from '../../ui/format.ts';
import { TimeLeft } from '../../ui/time-left.tsx';
import { useText } from '../../ui/use-text.ts';
import styles from './capture-bar.module.css';

/** On every page, for as long as bodies are captured: whose, by whom, until when, and the way to end it. */
export function CaptureBar(): ReactElement | null {
  const text = useText('trafficContent');
  const { running, kept } = useAppState((state) => state.bodyCapture);
  if (running === null) return null;
  const { applicationName, startedBy, untilMs } = running;
  return (
    <div className={styles['bar']}>
      <MessageBar intent="warning" data-testid="body-capture">
        <MessageBarBody>
          <MessageBarTitle>{text.capturing(applicationName)}</MessageBarTitle>
          {text.capturingBy(startedBy, formatClock(untilMs))} (<TimeLeft atMs={untilMs} />
          ). {text.captured(formatCount(kept))}
        </MessageBarBody>
        <MessageBarActions>
          <Button onClick={() => void call('stopBodyCapture')}>{text.captureStop}</Button>
        </MessageBarActions>
      </MessageBar>
    </div>
  );
}
