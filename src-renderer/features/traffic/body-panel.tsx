import { Button } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { BodiesView, BodyView } from '../../../src-shared/connector/body-capture.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatBytes } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './body-panel.module.css';

/** What the clipboard is given at most. */
const MAX_COPIED_CHARACTERS = 100_000;

/** The bodies of a request and its answer, where they were captured; else nothing. */
export function BodyPanel({ record }: { readonly record: TrafficRecord }): ReactElement | null {
  const text = useText('trafficContent');
  const kept = useAppState(({ bodyCapture }) => bodyCapture.kept);
  const bodies = useBodies(record.sequence, kept);
  if (bodies === null) return null;
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

/** Asked for where there are any, and again when another was captured or all were discarded. */
function useBodies(sequence: number, kept: number): BodiesView | null {
  const [bodies, setBodies] = useState<BodiesView | null>(null);
  useEffect(() => {
    let isOver = false;
    const read = kept === 0 ? Promise.resolve(null) : call('readTrafficBodies', { sequence }).catch(() => null);
    void read.then((found) => {
      if (!isOver) setBodies(found);
    });
    return () => {
      isOver = true;
    };
  }, [sequence, kept]);
  return bodies;
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
