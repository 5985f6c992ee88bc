import { Button, DialogActions, DialogBody, DialogContent, DialogTitle } from '@fluentui/react-components';
import { type ReactElement, useEffect } from 'react';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Modal } from '../../ui/modal.tsx';
import { focusFirst } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import { ProxyForm } from './proxy-form.tsx';
import styles from './settings-page.module.css';
import { useMachineSettings } from './use-machine-settings.ts';

/** The outbound proxy before there is a page “Settings”: without it the service may be out of reach. */
export function ProxyDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { settings, error, reload } = useMachineSettings();
  const text = useText('machineSettings');
  const isRead = settings !== null;
  useEffect(() => {
    if (isRead) focusFirst();
  }, [isRead]);
  return (
    <Modal onClose={onClose}>
      <DialogBody>
        <DialogTitle>{text.proxy}</DialogTitle>
        <DialogContent className={styles['content'] ?? ''}>
          {error === null ? null : <ProblemBar title={text.readFailed} error={error} />}
          {settings === null ? null : (
            <ProxyForm
              key={JSON.stringify([settings.proxy, settings.hasProxyPassword])}
              saved={settings.proxy}
              hasPassword={settings.hasProxyPassword}
              onSaved={reload}
            />
          )}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{text.close}</Button>
        </DialogActions>
      </DialogBody>
    </Modal>
  );
}
