import { Spinner } from '@fluentui/react-components';
import { CertificateRegular } from '@fluentui/react-icons/svg/certificate';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected';
import type { ReactElement, ReactNode } from 'react';
import { sayProblem } from '../../../src-shared/text/say-error.ts';
import { callAbortable } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { describeHealth } from '../../ui/describe-health.ts';
import { formatDate } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAbortableAction } from '../../ui/use-abortable-action.ts';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import type { ConnectorName } from './name-step.tsx';
import { StepFrame } from './step-frame.tsx';
import { TakenBack } from './taken-back.tsx';
import type { StepProps } from './step-props.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import styles from './enrol-step.module.css';

export function EnrolStep({ onNext, onBack, name }: StepProps & { readonly name: ConnectorName }): ReactElement {
  const connector = useAppState((state) => state.connector);
  const service = useAppState((state) => state.service);
  const keyProtection = useAppState((state) => state.protection.connectorKey);
  const health = useAppState(describeHealth);
  const status = useText('status');
  const text = useText('wizard').enrol;
  const { next, cancel } = useText('wizard');
  const serviceName = service?.displayName ?? text.theService;
  const language = useLanguage();
  const problem = useAppState((state) => state.engine?.problem ?? null);
  const told = problem === null ? null : sayProblem(problem, language);
  const refusal = useChangeRefusal();
  const isProbed = useAppState(({ engine }) => engine?.tunnels.some(({ canaryAtMs }) => canaryAtMs !== null) ?? false);
  const enrol = useAbortableAction(async (signal) => {
    const wanted = { displayName: name.displayName.trim(), connectorGroupId: name.connectorGroupId };
    await callAbortable('enrol', wanted, signal);
  });
  const isEnrolled = connector !== null;
  return (
    <StepFrame
      title={isEnrolled ? text.titleDone : text.title}
      intro={
        isEnrolled
          ? text.introDone(connector.displayName, serviceName)
          : text.intro(name.displayName.trim(), serviceName)
      }
      onBack={onBack}
      next={
        isEnrolled
          ? { label: next, run: onNext }
          : {
              label: enrol.isRunning ? text.enrolling : text.enrol,
              isDisabled: enrol.isRunning || refusal !== null,
              reason: refusal,
              run: () => void enrol.run(),
            }
      }
      other={enrol.isRunning ? { label: cancel, run: enrol.abort } : undefined}
    >
      {enrol.isAborted ? <TakenBack /> : null}
      {enrol.error === null ? null : <ProblemBar title={text.failed} error={enrol.error} />}
      <ul className={styles['facts']}>
        <Fact icon={<KeyRegular />} title={text.keyTitle}>
          {text.key} {keyProtection === 'keyStore' ? text.keyInStore : text.keyInFile}
        </Fact>
        <Fact icon={<CertificateRegular />} title={text.certificateTitle}>
          {isEnrolled ? text.certificateUntil(formatDate(connector.certificateExpiryMs)) : text.certificate}
        </Fact>
        <Fact icon={<PlugConnectedRegular />} title={text.tunnelTitle}>
          {isEnrolled ? (
            <span className={styles['health']} role="status">
              {health.word === 'connecting' ? <Spinner size="extra-tiny" /> : <StatusMark status={health.status} />}
              {status[health.word]}
              {isProbed ? `. ${text.probed}` : null}
              {health.status === 'offline' && told !== null ? `: ${told.message} ${told.remedy}` : null}
            </span>
          ) : (
            text.tunnel
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
