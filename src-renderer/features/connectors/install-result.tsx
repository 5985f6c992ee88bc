import { Button, DialogActions, DialogContent, Tab, TabList } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { type ReactElement, useState } from 'react';
import type { EnrolmentTokenCreated } from '../../../src-shared/publishing/enrolment-token.ts';
import { call } from '../../bridge/bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import { installCommand, type Shell, SHELLS } from './install-command.ts';
import styles from './install-dialog.module.css';

export interface InstallResultProps {
  readonly token: EnrolmentTokenCreated;
  readonly serviceUrl: string;
  readonly onClose: () => void;
}

/** The line to run, and the token by itself for other ways of rolling out. */
export function InstallResult({ token, serviceUrl, onClose }: InstallResultProps): ReactElement {
  const { installation: text } = useText('connectors');
  const [shell, setShell] = useState<Shell>('posix');
  const [copied, setCopied] = useState<string | null>(null);
  const command = installCommand(shell, serviceUrl, token.token);
  const copy = (): void => void call('copyText', { text: command }).then(() => setCopied(command));
  const { maxUses, expiryDateTime } = token;
  return (
    <>
      <DialogContent className={styles['content'] ?? ''}>
        <TabList
          size="small"
          selectedValue={shell}
          onTabSelect={(_event, { value }) => setShell(SHELLS.find((entry) => entry === value) ?? 'posix')}
        >
          {SHELLS.map((entry) => (
            <Tab key={entry} value={entry}>
              {text.shells[entry]}
            </Tab>
          ))}
        </TabList>
        <pre className={styles['command']} data-testid="install-command">
          {command}
        </pre>
        <p className={styles['text']}>
          {text.run[0]}
          <code>postern-connector run</code>
          {text.run[1]}
          <code>npm run connector --</code>
          {text.run[2]}
          <code>postern-connector</code>.
        </p>
        <div className={styles['token']}>
          <span>
            {text.tokenAlone} <code>{token.token.slice(0, 12)}…</code>
          </span>
          <CopyButton text={token.token} label={text.copyToken} />
        </div>
        <p className={styles['warning']}>{text.good(maxUses, formatDateTime(Date.parse(expiryDateTime)))}</p>
      </DialogContent>
      <DialogActions>
        <Button
          ref={focusAtOnce}
          appearance="primary"
          className={styles['copy'] ?? ''}
          icon={copied === command ? <CheckmarkRegular /> : <CopyRegular />}
          onClick={copy}
        >
          {copied === command ? text.copied : text.copy}
        </Button>
        <Button onClick={onClose}>{text.done}</Button>
      </DialogActions>
    </>
  );
}

/** The form that had the focus is gone. */
function focusAtOnce(button: HTMLButtonElement | null): void {
  button?.focus();
}
