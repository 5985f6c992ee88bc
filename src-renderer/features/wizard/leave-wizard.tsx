import { Link } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { forgetDraft } from './kept-draft.ts';

/** The way out of the set-up: to its beginning as long as nothing is enrolled, to the pages from then on. */
export function LeaveWizard(): ReactElement | null {
  const text = useText('wizard');
  const isEnrolled = useAppState((state) => state.connector !== null);
  const isBegun = useAppState((state) => state.service !== null);
  const [isAsking, setAsking] = useState(false);
  const finish = async (): Promise<void> => {
    await call('finishSetup');
    forgetDraft();
  };
  if (isEnrolled) {
    return (
      <Link as="button" onClick={() => void finish()}>
        {text.finishLater}
      </Link>
    );
  }
  if (!isBegun) return null;
  return (
    <>
      <Link as="button" onClick={() => setAsking(true)}>
        {text.startOver}
      </Link>
      {isAsking ? <StartOverDialog onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function StartOverDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const text = useText('wizard');
  const startOver = useAction(async () => {
    await call('startOver');
    forgetDraft();
    onClose();
  });
  return (
    <ConfirmDialog
      title={text.startOverTitle}
      action={startOver}
      label={text.startOver}
      runningLabel={text.startOver}
      failedTitle={text.startOverFailed}
      onClose={onClose}
    >
      <p>{text.startOverText}</p>
    </ConfirmDialog>
  );
}
