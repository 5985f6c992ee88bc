import { AddRegular } from '@fluentui/react-icons/svg/add';
import { type ReactElement, useEffect, useState } from 'react';
import type { Connector, ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { EnrolmentToken } from '../../../src-shared/publishing/enrolment-token.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { SignInPanel } from '../sign-in/sign-in-panel.tsx';
import { ConnectorTable } from './connector-table.tsx';
import styles from './connectors-page.module.css';
import { EnrolmentTokenTable } from './enrolment-token-table.tsx';
import { InstallDialog } from './install-dialog.tsx';

interface Lists {
  readonly connectors: readonly Connector[];
  readonly groups: readonly ConnectorGroup[];
  readonly tokens: readonly EnrolmentToken[];
}

/** Every connector of the service, and the tokens with which machines become further ones. */
export function ConnectorsPage(): ReactElement {
  const isSignedIn = useAppState((state) => state.account !== null);
  const isSignInRequired = useAppState((state) => state.signIn.isRequired);
  const service = useAppState((state) => state.service);
  const [lists, setLists] = useState<Lists | null>(null);
  const [isInstalling, setInstalling] = useState(false);
  const load = useAction(async () => {
    const [connectors, groups, tokens] = await Promise.all([
      call('listConnectors'),
      call('listConnectorGroups'),
      call('listEnrolmentTokens'),
    ]);
    setLists({ connectors, groups, tokens });
  });
  const { run } = load;
  useEffect(() => {
    if (isSignedIn && !isSignInRequired) void run();
  }, [isSignedIn, isSignInRequired, run]);
  if (!isSignedIn || service === null) {
    return (
      <>
        <PageHeader title="Connectors" />
        <SignInPanel reason="Sign in as an administrator to see the connectors of the service, and to install another one." />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Connectors"
        subtitle={`Machines that carry requests for ${service.displayName}`}
        actions={
          <ChangeButton appearance="primary" icon={<AddRegular />} onClick={() => setInstalling(true)}>
            Install another connector
          </ChangeButton>
        }
      />
      <div className={styles['body']}>
        {load.error === null ? null : (
          <ProblemBar
            title="The list could not be read"
            error={load.error}
            action={{ label: load.isRunning ? 'Reading…' : 'Try again', run: () => void run() }}
          />
        )}
        {lists === null ? null : (
          <>
            <ConnectorTable {...lists} />
            <EnrolmentTokenTable {...lists} onRevoked={() => void run()} />
          </>
        )}
      </div>
      {isInstalling ? (
        <InstallDialog
          groups={lists?.groups ?? []}
          serviceUrl={service.serviceUrl}
          onClose={() => {
            setInstalling(false);
            void run();
          }}
        />
      ) : null}
    </>
  );
}
