import { Button, Spinner } from '@fluentui/react-components';
import { CircleHint16Regular } from '@fluentui/react-icons/svg/circle-hint';
import { SubtractCircle16Regular } from '@fluentui/react-icons/svg/subtract-circle';
import { type ReactElement, useEffect, useState } from 'react';
import { PATH_CHECK_HOPS, type PathCheckHop } from '../../../src-shared/ipc/window-models.ts';
import { call, events } from '../../bridge/bridge.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import styles from './check-step.module.css';

const TITLES: Readonly<Record<PathCheckHop['hop'], string>> = {
  resolve: 'Name resolution',
  connect: 'Connection',
  tls: 'Encryption',
  service: 'Postern service',
  clock: 'Clock',
  signIn: 'Your sign-in',
  tunnel: 'Tunnel',
};

export function CheckStep({ onNext, onBack }: StepProps): ReactElement {
  const [hops, setHops] = useState<readonly PathCheckHop[]>([]);
  const check = useAction(async () => {
    setHops([]);
    setHops(await call('checkPath'));
  });
  const { run } = check;
  useEffect(() => events.onPathCheckHop((hop) => setHops((before) => withHop(before, hop))), []);
  useEffect(() => void run(), [run]);
  const isPassed = hops.length === PATH_CHECK_HOPS.length && hops.every((hop) => hop.outcome !== 'failed');
  const isFailed = hops.some((hop) => hop.outcome === 'failed');
  return (
    <StepFrame
      title="Check the path"
      intro="Every hop between this machine and the service, tried in order."
      onBack={onBack}
      next={{ label: check.isRunning ? 'Checking…' : 'Next', isDisabled: !isPassed || check.isRunning, run: onNext }}
      other={isFailed && !check.isRunning ? { label: 'Go on all the same', run: onNext } : undefined}
    >
      {check.error === null ? null : <ProblemBar title="The path could not be checked" error={check.error} />}
      <ul className={styles['hops']} aria-label="Hops">
        {PATH_CHECK_HOPS.map((name, index) => (
          <HopRow
            key={name}
            name={name}
            hop={hops.find((entry) => entry.hop === name) ?? null}
            isRunning={check.isRunning && index === hops.length}
          />
        ))}
      </ul>
      {check.isRunning ? null : (
        <div>
          <Button type="button" onClick={() => void run()}>
            Check again
          </Button>
        </div>
      )}
    </StepFrame>
  );
}

/** An event may come after the call's own answer, which holds the hop already. */
function withHop(hops: readonly PathCheckHop[], hop: PathCheckHop): readonly PathCheckHop[] {
  return hops.some((known) => known.hop === hop.hop) ? hops : [...hops, hop];
}

interface HopRowProps {
  readonly name: PathCheckHop['hop'];
  readonly hop: PathCheckHop | null;
  readonly isRunning: boolean;
}

function HopRow({ name, hop, isRunning }: HopRowProps): ReactElement {
  return (
    <li className={styles['hop']} data-outcome={hop?.outcome ?? 'pending'}>
      <span className={styles['mark']}>
        {isRunning ? (
          <Spinner size="extra-tiny" aria-label="Running" />
        ) : hop === null ? (
          <CircleHint16Regular aria-hidden="true" />
        ) : hop.outcome === 'skipped' ? (
          <SubtractCircle16Regular aria-hidden="true" />
        ) : (
          <StatusMark status={hop.outcome === 'passed' ? 'ok' : 'offline'} />
        )}
      </span>
      <span className={styles['title']}>{TITLES[name]}</span>
      <span className={styles['detail']}>
        {hop?.detail ?? ''}
        {hop === null || hop.remedy === null ? null : <span className={styles['remedy']}>{hop.remedy}</span>}
      </span>
    </li>
  );
}
