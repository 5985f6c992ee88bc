import { Button } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { CallResult } from '../../../src-shared/ipc/contract.ts';
import { call } from '../../bridge/bridge.ts';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './settings-page.module.css';

/** Which version the other end has. */
export function ServiceVersion({ own }: { readonly own: string }): ReactElement {
  const text = useText('updates');
  const [versions, setVersions] = useState<CallResult<'readVersions'> | null>(null);
  const ask = useAction(async () => setVersions(await call('readVersions')));
  const service = versions === null ? text.versionUnknown : (versions.service ?? text.versionNoAnswer);
  const isKnown = versions !== null && versions.service !== null;
  return (
    <>
      <dl className={styles['facts']}>
        <div className={styles['fact']}>
          <dt className={styles['label']}>{text.serviceVersion}</dt>
          <dd className={styles['value']}>{service}</dd>
        </div>
      </dl>
      <p className={styles['note']} role="status">
        {!isKnown ? '' : versions.service === own ? text.versionsEqual : text.versionsDiffer}
      </p>
      <div>
        <Button disabledFocusable={ask.isRunning} onClick={() => void ask.run()}>
          {text.checkVersions}
        </Button>
      </div>
    </>
  );
}
