import { Button, DialogActions, DialogBody, DialogContent, DialogTitle, Field } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
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

/** Asks of which application, and for how long, bodies are to be captured; and says what that means. */
export function CaptureDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const text = useText('trafficContent');
  const applications = useAppState(({ engine }) => engine?.applications ?? NONE);
  const [chosen, setChosen] = useState<string | null>(applications[0]?.id ?? null);
  const [minutes, setMinutes] = useState<`${(typeof CAPTURE_MINUTES)[number]}`>('5');
  const start = useAction(async () => {
    if (chosen === null) return;
    await call('startBodyCapture', {
      applicationId: chosen,
      minutes: CAPTURE_MINUTES.find((each) => String(each) === minutes) ?? CAPTURE_MINUTES[0],
    });
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
              value={chosen}
              onChange={setChosen}
              isOneNeeded
            />
          </Field>
          <div className={styles['minutes']}>
            <span>{text.captureFor}</span>
            <SegmentedChoice
              label={text.captureFor}
              value={minutes}
              options={CAPTURE_MINUTES.map((each) => ({ value: `${each}` as const, label: text.minutes(each) }))}
              onChange={setMinutes}
            />
          </div>
          <p className={styles['note']}>{text.captureLimits}</p>
          {start.error === null ? null : <ProblemBar title={text.captureFailed} error={start.error} />}
        </DialogContent>
        <DialogActions>
          <Button
            appearance="primary"
            disabledFocusable={start.isRunning || chosen === null}
            onClick={() => void start.run()}
          >
            {text.captureStart}
          </Button>
          <Button onClick={onClose}>{text.captureCancel}</Button>
        </DialogActions>
      </DialogBody>
    </Modal>
  );
}
