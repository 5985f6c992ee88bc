import { Tooltip } from '@fluentui/react-components';
import { RecordRegular } from '@fluentui/react-icons/svg/record';
import { type ReactElement, useState } from 'react';
import { useAppState } from '../../stores/app-store.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { useText } from '../../ui/use-text.ts';
import { CaptureDialog } from './capture-dialog.tsx';

/** Leads to a capture of bodies; gone while one runs, which has a bar of its own. */
export function CaptureButton(): ReactElement | null {
  const text = useText('trafficContent');
  const isRunning = useAppState(({ bodyCapture }) => bodyCapture.running !== null);
  const isServing = useAppState(({ engine }) => (engine?.applications.length ?? 0) > 0);
  const [isOpen, setOpen] = useState(false);
  if (isRunning || !isServing) return null;
  return (
    <>
      <Tooltip content={text.captureHint} relationship="description">
        <ChangeButton icon={<RecordRegular />} appearance="subtle" onClick={() => setOpen(true)}>
          {text.capture}
        </ChangeButton>
      </Tooltip>
      {isOpen ? <CaptureDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
