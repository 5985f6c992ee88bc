import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { sayProblem } from '../../../src-shared/text/say-error.ts';
import { useAppState } from '../../stores/app-store.ts';
import { describeHealth } from '../../ui/describe-health.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import { formatTimeOfDay } from '../../ui/format.ts';

/** The worst present trouble with its remedy; nothing while all is well. */
export function HealthBanner(): ReactElement | null {
  const problem = useAppState(({ engine }) => engine?.problem ?? null);
  const isPaused = useAppState((state) => state.isPaused);
  const fault = useAppState((state) => state.engineFault);
  const health = useAppState(describeHealth);
  const text = useText('overview');
  const status = useText('status');
  const language = useLanguage();
  if (isPaused) {
    return (
      <MessageBar intent="info">
        <MessageBarBody>
          <MessageBarTitle>{text.pausedTitle}</MessageBarTitle>
          {text.pausedText}
        </MessageBarBody>
      </MessageBar>
    );
  }
  if (problem !== null && health.status !== 'ok') {
    const told = sayProblem(problem, language);
    return (
      <MessageBar
        intent={health.status === 'offline' ? 'error' : 'warning'}
        layout="multiline"
        data-testid="health-problem"
      >
        <MessageBarBody>
          <MessageBarTitle>{status[health.word]}</MessageBarTitle>
          {told.message} {told.remedy}
        </MessageBarBody>
      </MessageBar>
    );
  }
  if (fault !== null) {
    return (
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{text.engineRestarted}</MessageBarTitle>
          {text.engineRestartedText(formatTimeOfDay(fault.atMs), fault.restarts, fault.message)}
        </MessageBarBody>
      </MessageBar>
    );
  }
  return null;
}
