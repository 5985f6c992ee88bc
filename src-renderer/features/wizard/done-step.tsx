import { Button, Link } from '@fluentui/react-components';
import { CheckmarkCircle48Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { OpenRegular } from '@fluentui/react-icons/svg/open';
import { type ReactElement, useEffect, useRef } from 'react';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { forgetDraft } from './kept-draft.ts';
import styles from './done-step.module.css';

/** What was published in the wizard. */
export interface Published {
  readonly application: Application;
  /** Whether it is for people who were chosen, and none was. */
  readonly isForNobody: boolean;
}

/** @param props.published null where nothing was */
export function DoneStep({ published }: { readonly published: Published | null }): ReactElement {
  const { go } = useNavigation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const finish = useAction(async () => {
    go('overview');
    await call('finishSetup');
    forgetDraft();
  });
  const text = useText('wizard').done;
  const externalUrl = published?.application.onPremisesPublishing.externalUrl ?? null;
  return (
    <div className={styles['done']}>
      <CheckmarkCircle48Filled className={styles['mark'] ?? ''} aria-hidden="true" />
      <h1 className={styles['title']} tabIndex={-1} ref={heading}>
        {published === null ? text.ready : text.published(published.application.displayName)}
      </h1>
      {externalUrl === null ? (
        <p className={styles['text']}>{text.readyText}</p>
      ) : (
        <>
          <p className={styles['text']}>{text.openAt}</p>
          <div className={styles['address']}>
            <Link as="button" onClick={() => void call('openExternal', { url: externalUrl })}>
              {externalUrl}
            </Link>
            <CopyButton text={externalUrl} label={text.copy} />
          </div>
          {published?.isForNobody === true ? <p className={styles['text']}>{text.forNobody}</p> : null}
        </>
      )}
      <div className={styles['buttons']}>
        {externalUrl === null ? null : (
          <Button icon={<OpenRegular />} onClick={() => void call('openExternal', { url: externalUrl })}>
            {text.open}
          </Button>
        )}
        <Button appearance="primary" onClick={() => void finish.run()}>
          {text.finish}
        </Button>
      </div>
      <p className={styles['note']}>{text.note}</p>
    </div>
  );
}
