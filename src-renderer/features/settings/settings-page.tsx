import { Button, Radio, RadioGroup } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { type Theme, THEMES } from '../../../src-shared/ipc/window-models.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { AccountCard } from '../../ui/account-card.tsx';
import { formatDate } from '../../ui/format.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { KeepSignIn } from '../sign-in/keep-sign-in.tsx';
import { SignInActions } from '../sign-in/sign-in-actions.tsx';
import { DisconnectDialog } from './disconnect-dialog.tsx';
import styles from './settings-page.module.css';

const THEME_TITLES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

export function SettingsPage(): ReactElement {
  const service = useAppState((state) => state.service);
  const connector = useAppState((state) => state.connector);
  const account = useAppState((state) => state.account);
  const theme = useAppState((state) => state.theme);
  const protection = useAppState((state) => state.protection);
  const version = useAppState((state) => state.version);
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <PageHeader title="Settings" />
      <div className={styles['body']}>
        <Section title="Administrator" text="Publishing and assigning people is done in this person’s name.">
          {account === null ? (
            <SignInActions />
          ) : (
            <AccountCard account={account} action={<Button onClick={() => void call('signOut')}>Sign out</Button>} />
          )}
          {protection.tokens === 'keyStore' ? (
            <p className={styles['note']}>The sign-in is sealed with the key store of the operating system.</p>
          ) : account === null ? null : (
            <KeepSignIn />
          )}
        </Section>
        <Section title="Appearance">
          <RadioGroup
            layout="horizontal"
            aria-label="Appearance"
            value={theme}
            onChange={(_event, { value }) =>
              void call('setTheme', { theme: THEMES.find((entry) => entry === value) ?? 'system' })
            }
          >
            {THEMES.map((entry) => (
              <Radio key={entry} value={entry} label={THEME_TITLES[entry]} />
            ))}
          </RadioGroup>
        </Section>
        <Section title="Connector">
          <dl className={styles['facts']}>
            <Fact label="Name">{connector?.displayName}</Fact>
            <Fact label="Group">{connector?.connectorGroupName}</Fact>
            <Fact label="Machine">{connector?.machineName}</Fact>
            <Fact label="Id">{connector?.connectorId}</Fact>
            <Fact label="Certificate">
              {connector === null ? null : `valid until ${formatDate(connector.certificateExpiryMs)}`}
            </Fact>
            <Fact label="Private key">
              {protection.connectorKey === 'keyStore'
                ? 'sealed with the key store of the operating system'
                : 'in a file that only your account may read; this machine has no key store'}
            </Fact>
          </dl>
        </Section>
        <Section title="Service">
          <dl className={styles['facts']}>
            <Fact label="Name">{service?.displayName}</Fact>
            <Fact label="Address">{service?.serviceUrl}</Fact>
            <Fact label="Version">{service?.version}</Fact>
          </dl>
          <div className={styles['danger']}>
            <p>
              Disconnecting removes this connector from the service and its key from this machine. You can enrol it
              again afterwards, here or at another service.
            </p>
            <Button onClick={() => setAsking(true)}>Disconnect…</Button>
          </div>
        </Section>
        <p className={styles['version']}>Postern {version}</p>
      </div>
      {isAsking ? <DisconnectDialog onClose={() => setAsking(false)} /> : null}
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly text?: string;
  readonly children: ReactNode;
}

function Section({ title, text, children }: SectionProps): ReactElement {
  return (
    <section className={styles['section']} aria-label={title}>
      <div>
        <h2 className={styles['title']}>{title}</h2>
        {text === undefined ? null : <p className={styles['text']}>{text}</p>}
      </div>
      <div className={styles['content']}>{children}</div>
    </section>
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
