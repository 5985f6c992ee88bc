import { Spinner } from '@fluentui/react-components';
import { CertificateRegular } from '@fluentui/react-icons/svg/certificate';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected';
import type { ReactElement, ReactNode } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { describeHealth } from '../../ui/describe-health.ts';
import { formatDate } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import type { ConnectorName } from './name-step.tsx';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './enrol-step.module.css';

export function EnrolStep({ onNext, onBack, name }: StepProps & { readonly name: ConnectorName }): ReactElement {
  const connector = useAppState((state) => state.connector);
  const service = useAppState((state) => state.service);
  const keyProtection = useAppState((state) => state.protection.connectorKey);
  const health = useAppState(describeHealth);
  const status = useText('status');
  const problem = useAppState((state) => state.engine?.problem ?? null);
  const refusal = useChangeRefusal();
  const enrol = useAction(async () => {
    await call('enrol', { displayName: name.displayName.trim(), connectorGroupId: name.connectorGroupId });
  });
  const isEnrolled = connector !== null;
  return (
    <StepFrame
      title={isEnrolled ? 'The connector is enrolled' : 'Enrol this connector'}
      intro={
        isEnrolled
          ? `${service?.displayName ?? 'The service'} knows this machine as ${connector.displayName}.`
          : `${name.displayName.trim()} becomes a connector of ${service?.displayName ?? 'the service'}. This is what happens:`
      }
      onBack={isEnrolled ? null : onBack}
      next={
        isEnrolled
          ? { label: 'Next', run: onNext }
          : {
              label: enrol.isRunning ? 'Enrolling…' : 'Enrol',
              isDisabled: enrol.isRunning || refusal !== null,
              reason: refusal,
              run: () => void enrol.run(),
            }
      }
    >
      {enrol.error === null ? null : <ProblemBar title="The connector could not be enrolled" error={enrol.error} />}
      <ul className={styles['facts']}>
        <Fact icon={<KeyRegular />} title="A key of its own">
          This machine makes a private key that never leaves it.{' '}
          {keyProtection === 'keyStore'
            ? 'It is sealed with the key store of the operating system.'
            : 'This machine has no key store, so the key is kept in a file that only your account may read.'}
        </Fact>
        <Fact icon={<CertificateRegular />} title="A certificate from the service">
          {isEnrolled
            ? `Valid until ${formatDate(connector.certificateExpiryMs)}.`
            : 'The service signs it after checking your sign-in. Your account is not stored.'}
        </Fact>
        <Fact icon={<PlugConnectedRegular />} title="A tunnel, dialled from here">
          {isEnrolled ? (
            <span className={styles['health']} role="status">
              {health.word === 'connecting' ? <Spinner size="extra-tiny" /> : <StatusMark status={health.status} />}
              {status[health.word]}
              {health.status === 'offline' && problem !== null ? `: ${problem.message} ${problem.remedy}` : null}
            </span>
          ) : (
            'The connector proves itself with its key and waits for requests. Nothing listens on your network.'
          )}
        </Fact>
      </ul>
    </StepFrame>
  );
}

function Fact(props: { readonly icon: ReactNode; readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <li className={styles['fact']}>
      <span className={styles['icon']} aria-hidden="true">
        {props.icon}
      </span>
      <div>
        <div className={styles['title']}>{props.title}</div>
        <div className={styles['text']}>{props.children}</div>
      </div>
    </li>
  );
}
