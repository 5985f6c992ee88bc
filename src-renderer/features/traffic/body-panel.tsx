import { Button } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { BodiesView, BodyView } from '../../../src-shared/connector/body-capture.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatBytes } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './body-panel.module.css';

/** What the clipboard is given at most. */
const MAX_COPIED_CHARACTERS = 100_000;

/** The bodies of a request and its answer. */
export function BodyPanel({ bodies }: { readonly bodies: BodiesView }): ReactElement {
  const text = useText('trafficContent');
  const kept = useAppState(({ bodyCapture }) => bodyCapture.kept);
  return (
    <section className={styles['panel']} aria-label={text.bodies}>
      <Body title={text.requestBody} body={bodies.request} />
      <Body title={text.responseBody} body={bodies.response} />
      <Button size="small" appearance="subtle" onClick={() => void call('discardBodies')}>
        {text.discard(kept)}
      </Button>
    </section>
  );
}

function Body({ title, body }: { readonly title: string; readonly body: BodyView }): ReactElement {
  const text = useText('trafficContent');
  const { kind, totalBytes, isWhole } = body;
  return (
    <div>
      <div className={styles['head']}>
        <h3 className={styles['title']}>{title}</h3>
        <span className={styles['note']}>
          {kind === 'empty' ? text.emptyBody : formatBytes(totalBytes)}
          {kind === 'binary' ? `, ${text.binary}` : null}
          {isWhole ? null : `, ${text.beginning}`}
        </span>
        {kind === 'text' && body.text.length <= MAX_COPIED_CHARACTERS ? (
          <CopyButton text={body.text} label={text.copyBody} />
        ) : null}
      </div>
      {kind === 'empty' ? null : (
        // A reader who has no pointer scrolls it with the keys.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={styles['body']} tabIndex={0} aria-label={title}>
          {body.text}
        </pre>
      )}
    </div>
  );
}
