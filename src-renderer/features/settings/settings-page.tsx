import { Button } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { THEMES } from '../../../src-shared/ipc/window-models.ts';
import { LANGUAGE_CHOICES } from '../../../src-shared/text/language.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { AccountCard } from '../../ui/account-card.tsx';
import { formatDate } from '../../ui/format.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { KeepSignIn } from '../sign-in/keep-sign-in.tsx';
import { SignInActions } from '../sign-in/sign-in-actions.tsx';
import { ChoiceSection } from './choice-section.tsx';
import { DisconnectDialog } from './disconnect-dialog.tsx';
import { MachineSections } from './machine-sections.tsx';
import { SettingsSection } from './settings-section.tsx';
import { UpdatesSection } from './updates-section.tsx';
import { useText } from '../../ui/use-text.ts';
import styles from './settings-page.module.css';

export function SettingsPage(): ReactElement {
  const service = useAppState((state) => state.service);
  const connector = useAppState((state) => state.connector);
  const account = useAppState((state) => state.account);
  const theme = useAppState((state) => state.theme);
  const languageChoice = useAppState((state) => state.languageChoice);
  const protection = useAppState((state) => state.protection);
  const version = useAppState((state) => state.version);
  const [isAsking, setAsking] = useState(false);
  const text = useText('settings');
  const shell = useText('shell');
  return (
    <>
      <PageHeader title={shell.page.settings} />
      <div className={styles['body']}>
        <SettingsSection title={text.administrator} text={text.administratorText}>
          {account === null ? (
            <SignInActions />
          ) : (
            <AccountCard
              account={account}
              action={<Button onClick={() => void call('signOut')}>{shell.signOut}</Button>}
            />
          )}
          {protection.tokens === 'keyStore' ? (
            <p className={styles['note']}>{text.sealedSignIn}</p>
          ) : account === null ? null : (
            <KeepSignIn />
          )}
        </SettingsSection>
        <MachineSections />
        <ChoiceSection
          title={text.appearance}
          choices={THEMES}
          names={text.theme}
          chosen={theme}
          onChoose={(chosen) => call('setTheme', { theme: chosen })}
        />
        <ChoiceSection
          title={text.language}
          text={text.languageText}
          choices={LANGUAGE_CHOICES}
          names={text.languageChoice}
          chosen={languageChoice}
          onChoose={(choice) => call('setLanguage', { choice })}
        />
        <UpdatesSection />
        <SettingsSection title={text.connector}>
          <dl className={styles['facts']}>
            <Fact label={text.name}>{connector?.displayName}</Fact>
            <Fact label={text.group}>{connector?.connectorGroupName}</Fact>
            <Fact label={text.machine}>{connector?.machineName}</Fact>
            <Fact label={text.id}>{connector?.connectorId}</Fact>
            <Fact label={text.certificate}>
              {connector === null ? null : text.validUntil(formatDate(connector.certificateExpiryMs))}
            </Fact>
            <Fact label={text.privateKey}>
              {protection.connectorKey === 'keyStore' ? text.keyInKeyStore : text.keyInFile}
            </Fact>
          </dl>
        </SettingsSection>
        <SettingsSection title={text.service}>
          <dl className={styles['facts']}>
            <Fact label={text.name}>{service?.displayName}</Fact>
            <Fact label={text.address}>{service?.serviceUrl}</Fact>
            <Fact label={text.version}>{service?.version}</Fact>
          </dl>
          <div className={styles['danger']}>
            <p>{text.disconnectText}</p>
            <Button onClick={() => setAsking(true)}>{text.disconnectAsk}</Button>
          </div>
        </SettingsSection>
        <p className={styles['version']}>Postern {version}</p>
      </div>
      {isAsking ? <DisconnectDialog onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={styles['fact']}>
      <dt className={styles['label']}>{label}</dt>
      <dd className={styles['value']}>{children}</dd>
    </div>
  );
}
