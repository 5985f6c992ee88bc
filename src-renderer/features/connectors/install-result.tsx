import { Button, DialogActions, DialogContent, Tab, TabList } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { type ReactElement, useState } from 'react';
import type { EnrolmentTokenCreated } from '../../../src-shared/publishing/enrolment-token.ts';
import { call } from '../../bridge/bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { installCommand, type Shell, SHELLS } from './install-command.ts';
import styles from './install-dialog.module.css';

export interface InstallResultProps {
  readonly token: EnrolmentTokenCreated;
  readonly serviceUrl: string;
  readonly onClose: () => void;
}

const TITLES: Readonly<Record<Shell, string>> = { posix: 'Linux and macOS', powershell: 'Windows (PowerShell)' };

/** The line to run, and the token by itself for other ways of rolling out. */
export function InstallResult({ token, serviceUrl, onClose }: InstallResultProps): ReactElement {
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
              {TITLES[entry]}
            </Tab>
          ))}
        </TabList>
        <pre className={styles['command']} data-testid="install-command">
          {command}
        </pre>
        <p className={styles['text']}>
          It enrols the machine; <code>postern-connector run</code> then starts it. From a source checkout, write{' '}
          <code>npm run connector --</code> in place of <code>postern-connector</code>.
        </p>
        <div className={styles['token']}>
          <span>
            The token by itself, for a file or a deployment tool: <code>{token.token.slice(0, 12)}…</code>
          </span>
          <CopyButton text={token.token} label="Copy the token" />
        </div>
        <p className={styles['warning']}>
          {maxUses === 1 ? 'One machine' : `Up to ${maxUses} machines`} can use it until{' '}
          {formatDateTime(Date.parse(expiryDateTime))}. It is shown this once; keep it as you would a password.
        </p>
      </DialogContent>
      <DialogActions>
        <Button
          appearance="primary"
          className={styles['copy'] ?? ''}
          icon={copied === command ? <CheckmarkRegular /> : <CopyRegular />}
          onClick={copy}
        >
          {copied === command ? 'Copied' : 'Copy the command'}
        </Button>
        <Button onClick={onClose}>Done</Button>
      </DialogActions>
    </>
  );
}
