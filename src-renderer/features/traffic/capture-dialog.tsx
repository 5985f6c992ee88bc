import { Button, DialogActions, DialogBody, DialogContent, DialogTitle, Field } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { CAPTURE_MINUTES } from '../../../src-shared/connector/body-capture.ts';
import type { EngineApplication } from '../../../src-shared/connector/engine-state.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ApplicationChoice } from '../../ui/application-choice.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { SegmentedChoice } from '../../ui/segmented-choice.tsx';
import { useAction } from '../../ui/use-action.ts';
import { Modal } from '../../ui/modal.tsx';
import { useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import styles from './capture-dialog.module.css';

const NONE: readonly EngineApplication[] = [];

/** What is filled in. */
export interface CaptureDraft {
  readonly applicationId: string;
  readonly minutes: (typeof CAPTURE_MINUTES)[number];
}

export interface CaptureDialogProps {
  readonly draft: CaptureDraft;
  readonly onChange: (draft: CaptureDraft) => void;
  readonly onClose: () => void;
}

/** Asks of which application, and for how long, bodies are to be captured; and says what that means. */
export function CaptureDialog({ draft, onChange, onClose }: CaptureDialogProps): ReactElement {
  const text = useText('trafficContent');
  const applications = useAppState(({ engine }) => engine?.applications ?? NONE);
  const start = useAction(async () => {
    await call('startBodyCapture', draft);
    onClose();
  });
  return (
    <Modal onClose={onClose}>
      <DialogBody>
        <DialogTitle>{text.captureTitle}</DialogTitle>
        <DialogContent className={styles['content'] ?? ''}>
          <SignInAgain isOverlay />
          <p>{text.captureWarning}</p>
          <Field label={text.captureApplication}>
            <ApplicationChoice
              label={text.captureApplication}
              applications={applications}
              value={draft.applicationId}
              onChange={(chosen) => {
                if (chosen !== null) onChange({ ...draft, applicationId: chosen });
              }}
              isOneNeeded
            />
          </Field>
          <div className={styles['minutes']}>
            <span>{text.captureFor}</span>
            <SegmentedChoice
              label={text.captureFor}
              value={`${draft.minutes}` as const}
              options={CAPTURE_MINUTES.map((each) => ({ value: `${each}` as const, label: text.minutes(each) }))}
              onChange={(chosen) => {
                const minutes = CAPTURE_MINUTES.find((each) => String(each) === chosen);
                if (minutes !== undefined) onChange({ ...draft, minutes });
              }}
            />
          </div>
          <p className={styles['note']}>{text.captureLimits}</p>
          {start.error === null ? null : <ProblemBar title={text.captureFailed} error={start.error} />}
        </DialogContent>
        <DialogActions>
          <Button appearance="primary" disabledFocusable={start.isRunning} onClick={() => void start.run()}>
            {text.captureStart}
          </Button>
          <Button onClick={onClose}>{text.captureCancel}</Button>
        </DialogActions>
      </DialogBody>
    </Modal>
  );
}
