import { Button, Spinner } from '@fluentui/react-components';
import { CircleHint16Regular } from '@fluentui/react-icons/svg/circle-hint';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { SubtractCircle16Regular } from '@fluentui/react-icons/svg/subtract-circle';
import { type ReactElement, useEffect, useState } from 'react';
import { PATH_CHECK_HOPS, type PathCheckHop } from '../../../src-shared/ipc/window-models.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { call, events } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import { ProxyDialog } from '../settings/proxy-dialog.tsx';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import styles from './check-step.module.css';

export function CheckStep({ onNext, onBack }: StepProps): ReactElement {
  const { check: text, next, stop } = useText('wizard');
  const words = useText('pathCheck');
  const service = useAppState((state) => state.service);
  const { openProxy } = useText('machineSettings');
  const language = useLanguage();
  const [isProxyOpen, setProxyOpen] = useState(false);
  const [hops, setHops] = useState<readonly PathCheckHop[]>([]);
  const [told, setTold] = useState<Language | null>(null);
  const check = useAction(async () => {
    setTold(language);
    setHops([]);
    setHops(await call('checkPath'));
  });
  const { run, isRunning } = check;
  useEffect(() => events.onPathCheckHop((hop) => setHops((before) => withHop(before, hop))), []);
  // What is found is told in the language of its time.
  useEffect(() => {
    if (!isRunning && told !== language) void run();
  }, [run, isRunning, told, language]);
  // Whoever leaves the step waits for it no longer.
  useEffect(() => () => void call('cancelPathCheck'), []);
  // The last hop is skipped where an earlier one failed, and where the check was stopped.
  const isPassed = hops.length === PATH_CHECK_HOPS.length && hops.at(-1)?.outcome === 'passed';
  return (
    <StepFrame
      title={text.title}
      intro={text.intro}
      onBack={onBack}
      next={{ label: check.isRunning ? text.checking : next, isDisabled: !isPassed || check.isRunning, run: onNext }}
      other={!isPassed && !check.isRunning ? { label: text.goOn, run: onNext } : undefined}
    >
      {check.error === null ? null : <ProblemBar title={text.failed} error={check.error} />}
      <ul className={styles['hops']} aria-label={words.hops}>
        {PATH_CHECK_HOPS.map((name, index) => (
          <HopRow
            key={name}
            name={name}
            hop={hops.find((entry) => entry.hop === name) ?? null}
            isRunning={check.isRunning && index === hops.length}
          />
        ))}
      </ul>
      <div className={styles['buttons']}>
        {check.isRunning ? (
          <Button onClick={() => void call('cancelPathCheck')}>{stop}</Button>
        ) : (
          <>
            <Button onClick={() => void run()}>{text.again}</Button>
            {isPassed ? null : <Button onClick={() => setProxyOpen(true)}>{openProxy}</Button>}
            <Button
              appearance="subtle"
              icon={<CopyRegular />}
              onClick={() => void call('copyText', { text: report(hops, service?.serviceUrl ?? '', words) })}
            >
              {text.copy}
            </Button>
          </>
        )}
      </div>
      {isProxyOpen ? (
        <ProxyDialog
          onClose={() => {
            setProxyOpen(false);
            void run();
          }}
        />
      ) : null}
    </StepFrame>
  );
}

/** All that was found, for a mail to whoever runs the network. */
function report(hops: readonly PathCheckHop[], serviceUrl: string, text: Catalogue['pathCheck']): string {
  const lines = hops.map(({ hop, outcome, detail, remedy }) =>
    [`${text.hop[hop]}: ${text.outcome[outcome]}. ${detail}`, ...(remedy === null ? [] : [`  ${remedy}`])].join('\n'),
  );
  return [text.reportTitle(serviceUrl, new Date().toISOString()), ...lines, ''].join('\n');
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
  const text = useText('wizard').check;
  const words = useText('pathCheck');
  return (
    <li className={styles['hop']} data-outcome={hop?.outcome ?? 'pending'}>
      <span className={styles['mark']}>
        {isRunning ? (
          <Spinner size="extra-tiny" aria-label={text.running} />
        ) : hop === null ? (
          <CircleHint16Regular aria-hidden="true" />
        ) : hop.outcome === 'skipped' ? (
          <SubtractCircle16Regular aria-hidden="true" />
        ) : (
          <StatusMark status={hop.outcome === 'passed' ? 'ok' : 'offline'} />
        )}
      </span>
      <span className={styles['title']}>{words.hop[name]}</span>
      <span className={styles['detail']}>
        {hop?.detail ?? ''}
        {hop === null || hop.remedy === null ? null : <span className={styles['remedy']}>{hop.remedy}</span>}
      </span>
    </li>
  );
}
