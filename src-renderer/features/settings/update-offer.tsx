import { Button, Field, ProgressBar } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { UpdateState } from '../../../src-shared/updates/update-state.ts';
import { call } from '../../bridge/bridge.ts';
import { formatBytes, formatDate } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './update-offer.module.css';

/** The newer version: what is new in it, and the next step towards it. */
export function UpdateOffer({ updates }: { readonly updates: UpdateState }): ReactElement | null {
  const text = useText('updates');
  const { release, phase } = updates;
  // Their troubles come with the state; a refused call has its own.
  const download = useAction(async () => call('downloadUpdate'));
  const install = useAction(async () => call('installUpdate'));
  if (release === null) return null;
  const { version, notes, releasedAtMs, sizeBytes } = release;
  const isReady = phase === 'ready' || phase === 'installing';
  const facts = [
    ...(releasedAtMs === null ? [] : [text.released(formatDate(releasedAtMs))]),
    ...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]),
  ];
  const error = download.error ?? install.error;
  return (
    <div className={styles['offer']} data-testid="update-offer">
      <div role="status">
        <h3 className={styles['title']}>{isReady ? text.ready(version) : text.available(version)}</h3>
        {facts.length === 0 ? null : <p className={styles['facts']}>{facts.join(' · ')}</p>}
      </div>
      {notes === '' ? (
        <p className={styles['facts']}>{text.noNotes}</p>
      ) : (
        <div>
          <h4 className={styles['subtitle']}>{text.notes}</h4>
          {/* A reader who has no pointer scrolls it with the keys. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div className={styles['notes']} role="region" aria-label={text.notes} tabIndex={0}>
            {notes}
          </div>
        </div>
      )}
      {phase === 'downloading' ? <Progress updates={updates} /> : null}
      {phase === 'installing' ? <p className={styles['facts']}>{text.installing}</p> : null}
      {error === null ? null : <ProblemBar title={text.failed} error={error} />}
      {updates.ability !== 'installs' ? null : (
        <div>
          {phase === 'downloading' ? (
            <Button onClick={() => void call('cancelUpdateDownload')}>{text.cancel}</Button>
          ) : isReady ? (
            <Button
              appearance="primary"
              disabledFocusable={phase === 'installing' || install.isRunning}
              onClick={() => void install.run()}
            >
              {text.install}
            </Button>
          ) : (
            <Button
              appearance="primary"
              disabledFocusable={phase !== 'idle' || download.isRunning}
              onClick={() => void download.run()}
            >
              {text.download}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Progress({ updates: { progress } }: { readonly updates: UpdateState }): ReactElement {
  const text = useText('updates');
  if (progress === null) {
    return (
      <Field validationMessage={text.starting} validationState="none">
        <ProgressBar aria-label={text.starting} />
      </Field>
    );
  }
  const { receivedBytes, totalBytes, bytesPerSecond } = progress;
  const told = text.downloading(formatBytes(receivedBytes), formatBytes(totalBytes), formatBytes(bytesPerSecond));
  return (
    <Field validationMessage={told} validationState="none">
      <ProgressBar aria-label={text.download} value={receivedBytes} max={totalBytes} />
    </Field>
  );
}
