import { Button, Spinner } from '@fluentui/react-components';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { SubtractCircle16Regular } from '@fluentui/react-icons/svg/subtract-circle';
import { type ReactElement, useEffect, useState } from 'react';
import type { SelfTestStep } from '../../../src-shared/ipc/diagnostics-models.ts';
import { call, events } from '../../bridge/bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { type Status, StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import pageStyles from './diagnostics-page.module.css';
import styles from './self-test-panel.module.css';

const MARKS: Readonly<Record<Exclude<SelfTestStep['outcome'], 'skipped'>, Status>> = {
  passed: 'ok',
  warned: 'degraded',
  failed: 'offline',
};

/** Runs the self-test and shows what it finds as it finds it. */
export function SelfTestPanel(): ReactElement {
  const { selfTest: text } = useText('diagnostics');
  const [steps, setSteps] = useState<readonly SelfTestStep[]>([]);
  const [isDone, setDone] = useState(false);
  useEffect(
    () =>
      events.onSelfTestStep((step) =>
        // The last ones may be behind the result, which has them already.
        setSteps((before) => (before.some(({ check }) => check === step.check) ? before : [...before, step])),
      ),
    [],
  );
  const test = useAction(async () => {
    setSteps([]);
    setDone(false);
    setSteps(await call('runSelfTest'));
    setDone(true);
  });
  const problems = steps.filter(({ outcome }) => outcome === 'warned' || outcome === 'failed').length;
  const details = steps
    .map(({ check, outcome, detail }) => `${text.checks[check]}: ${text.outcomes[outcome]}. ${detail}`)
    .join('\n');
  return (
    <>
      <p className={pageStyles['intro']}>{text.intro}</p>
      <div className={pageStyles['bar']}>
        <Button
          appearance="primary"
          icon={test.isRunning ? <Spinner size="extra-tiny" /> : <PlayRegular />}
          disabledFocusable={test.isRunning}
          onClick={() => void test.run()}
        >
          {test.isRunning ? text.running : isDone ? text.again : text.run}
        </Button>
        {isDone ? <CopyButton text={details} label={text.copy} /> : null}
        <span role="status" className={styles['verdict']}>
          {isDone ? (problems === 0 ? text.allPassed : text.problems(problems)) : ''}
        </span>
      </div>
      {test.error === null ? null : <ProblemBar title={text.failed} error={test.error} />}
      {steps.length === 0 ? null : (
        <ul className={styles['list']} aria-label={text.list}>
          {steps.map((step) => (
            <Finding key={step.check} step={step} />
          ))}
        </ul>
      )}
    </>
  );
}

function Finding({ step }: { readonly step: SelfTestStep }): ReactElement {
  const { selfTest: text } = useText('diagnostics');
  const { check, outcome, detail } = step;
  return (
    <li className={styles['finding']} data-outcome={outcome}>
      <span className={styles['mark']}>
        {outcome === 'skipped' ? (
          <SubtractCircle16Regular aria-hidden="true" />
        ) : (
          <StatusMark status={MARKS[outcome]} />
        )}
      </span>
      <span className={styles['title']}>
        {text.checks[check]} <span className={styles['outcome']}>{text.outcomes[outcome]}</span>
      </span>
      <span className={styles['detail']}>
        {detail}
        {outcome === 'warned' || outcome === 'failed' ? (
          <span className={styles['remedy']}>{text.remedies[check]}</span>
        ) : null}
      </span>
    </li>
  );
}
