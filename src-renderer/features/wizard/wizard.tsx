import { Checkmark16Filled } from '@fluentui/react-icons/svg/checkmark';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useAppState } from '../../stores/app-store.ts';
import { LeftBehindBar } from '../left-behind/left-behind-bar.tsx';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { CheckStep } from './check-step.tsx';
import { DoneStep, type Published } from './done-step.tsx';
import { EnrolStep } from './enrol-step.tsx';
import { IdentityProblem } from './identity-problem.tsx';
import { forgetDraft, freshDraft, keepDraft, readKeptDraft, type WizardDraft } from './kept-draft.ts';
import { LeaveWizard } from './leave-wizard.tsx';
import { NameStep } from './name-step.tsx';
import { PublishStep } from './publish-step.tsx';
import { ServiceStep } from './service-step.tsx';
import { SignInStep } from './sign-in-step.tsx';
import type { StepProps } from './step-props.ts';
import { WizardLanguage } from './wizard-language.tsx';
import { resumeStep, stepAfter, stepBefore, WIZARD_STEPS, type WizardStep } from './wizard-steps.ts';
import { focusPage } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './wizard.module.css';

/** Sets a connector up from nothing to the first published application. Takes up where it was left. */
export function Wizard(): ReactElement {
  const text = useText('wizard');
  const service = useAppState((state) => state.service);
  const account = useAppState((state) => state.account);
  const connector = useAppState((state) => state.connector);
  const isPathChecked = useAppState((state) => state.isPathChecked);
  const machineName = useAppState((state) => state.machineName);
  const suggestions = useAppState((state) => state.suggestions);
  const [step, setStep] = useState<WizardStep>(() => resumeStep({ service, account, connector, isPathChecked }));
  const [draft, setDraft] = useState(() => readKeptDraft(freshDraft(machineName, suggestions.internalUrl ?? '')));
  const change = (part: Partial<WizardDraft>): void => {
    const changed = { ...draft, ...part };
    keepDraft(changed);
    setDraft(changed);
  };
  const [published, setPublished] = useState<Published | null>(null);
  // Without a service nothing but the first step has a meaning.
  if (service === null && step !== 'service') setStep('service');
  const isSignInRequired = useAppState((state) => state.signIn.isRequired);
  const isSignInLost =
    (account === null || isSignInRequired) && service !== null && step !== 'service' && step !== 'done';
  const current = isSignInLost ? 'signIn' : step;
  const main = useRef<HTMLElement>(null);
  useEffect(() => main.current?.scrollTo(0, 0), [current]);
  // Its buttons go with the focus in them once it is left.
  useEffect(() => () => void setTimeout(focusPage), []);
  const before = stepBefore(current, connector !== null);
  const props: StepProps = {
    onNext: () =>
      setStep(current === 'signIn' ? afterSignIn(step, connector !== null) : stepAfter(current, connector !== null)),
    onBack: before === null ? null : () => setStep(before),
  };
  return (
    <div className={styles['wizard']}>
      <aside className={styles['side']}>
        <div className={styles['brand']}>
          <BrandMark size={36} />
          <div>
            <div className={styles['brandName']}>Postern</div>
            <div className={styles['brandText']}>{text.setUp}</div>
          </div>
        </div>
        <nav aria-label={text.steps}>
          <ol className={styles['steps']}>
            {WIZARD_STEPS.map((entry, index) => (
              <StepMark key={entry} entry={entry} index={index} current={current} />
            ))}
          </ol>
        </nav>
        <p className={styles['note']}>{text.note}</p>
        <div className={styles['leave']}>
          <LeaveWizard />
        </div>
        <WizardLanguage />
      </aside>
      <main className={styles['main']} ref={main} tabIndex={-1}>
        <LeftBehindBar />
        <IdentityProblem />
        <div className={styles['content']} key={current}>
          {current === 'service' ? <ServiceStep {...props} /> : null}
          {current === 'signIn' ? <SignInStep {...props} /> : null}
          {current === 'check' ? <CheckStep {...props} /> : null}
          {current === 'name' ? <NameStep {...props} name={draft.name} onChange={(name) => change({ name })} /> : null}
          {current === 'enrol' ? <EnrolStep {...props} name={draft.name} /> : null}
          {current === 'publish' ? (
            <PublishStep
              {...props}
              draft={draft.application}
              onChange={(application) => change({ application })}
              onPublished={(application) => {
                forgetDraft();
                const { access, people } = draft.application;
                setPublished({ application, isForNobody: access === 'people' && people.length === 0 });
              }}
            />
          ) : null}
          {current === 'done' ? <DoneStep published={published} /> : null}
        </div>
      </main>
    </div>
  );
}

/** A sign-in in mid-wizard leads back to where it was missed. */
function afterSignIn(step: WizardStep, isEnrolled: boolean): WizardStep {
  if (step !== 'signIn') return step;
  return isEnrolled ? 'publish' : 'check';
}

function StepMark(props: {
  readonly entry: WizardStep;
  readonly index: number;
  readonly current: WizardStep;
}): ReactElement {
  const text = useText('wizard');
  const position = WIZARD_STEPS.indexOf(props.current);
  const isPast = props.index < position;
  const isCurrent = props.index === position;
  return (
    <li
      className={styles['step']}
      data-state={isPast ? 'past' : isCurrent ? 'current' : 'ahead'}
      aria-current={isCurrent ? 'step' : undefined}
    >
      <span className={styles['number']} aria-hidden="true">
        {isPast ? <Checkmark16Filled /> : props.index + 1}
      </span>
      {text.step[props.entry]}
    </li>
  );
}
