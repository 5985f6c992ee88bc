import { Tooltip } from '@fluentui/react-components';
import { RecordRegular } from '@fluentui/react-icons/svg/record';
import type { ReactElement } from 'react';
import { CAPTURE_MINUTES } from '../../../src-shared/connector/body-capture.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useKeptState } from '../../stores/use-kept-state.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { useText } from '../../ui/use-text.ts';
import { type CaptureDraft, CaptureDialog } from './capture-dialog.tsx';

/** Leads to a capture of bodies; gone while one runs, which has a bar of its own. */
export function CaptureButton(): ReactElement | null {
  const text = useText('trafficContent');
  const isRunning = useAppState(({ bodyCapture }) => bodyCapture.running !== null);
  const firstId = useAppState(({ engine }) => engine?.applications[0]?.id ?? null);
  // Null while the dialog is closed.
  const [draft, setDraft] = useKeptState<CaptureDraft | null>('capture-draft', () => null);
  if (isRunning || firstId === null) return null;
  return (
    <>
      <Tooltip content={text.captureHint} relationship="description">
        <ChangeButton
          icon={<RecordRegular />}
          appearance="subtle"
          onClick={() => setDraft({ applicationId: firstId, minutes: CAPTURE_MINUTES[0] })}
        >
          {text.capture}
        </ChangeButton>
      </Tooltip>
      {draft === null ? null : <CaptureDialog draft={draft} onChange={setDraft} onClose={() => setDraft(null)} />}
    </>
  );
}
