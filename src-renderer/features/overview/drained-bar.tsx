import { MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';

/** That this connector runs empty, by whom, and the way back; nothing while it does not. */
export function DrainedBar(): ReactElement | null {
  const text = useText('overview');
  const isDraining = useAppState(({ engine, isPaused }) => engine?.isDraining === true && !isPaused);
  const origin = useAppState((state) => state.drainOrigin);
  const connectorId = useAppState(({ connector }) => connector?.connectorId ?? '');
  const undrain = useAction(async () => {
    await call('updateConnector', { id: connectorId, patch: { isDraining: false } });
  });
  if (!isDraining) return null;
  return (
    <>
      <MessageBar intent="warning" layout="multiline" data-testid="drained">
        <MessageBarBody>
          <MessageBarTitle>{text.drainedTitle}</MessageBarTitle>
          {text.drainedText}
          {origin === null ? null : ` ${text.drainedBy(origin.by, formatDateTime(origin.atMs))}`}
        </MessageBarBody>
        <MessageBarActions>
          <ChangeButton disabledFocusable={undrain.isRunning} onClick={() => void undrain.run()}>
            {text.undrain}
          </ChangeButton>
        </MessageBarActions>
      </MessageBar>
      {undrain.error === null ? null : <ProblemBar title={text.undrainFailed} error={undrain.error} />}
    </>
  );
}
