import { Field, FieldContextProvider, Input, Radio, RadioGroup } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useLanguage, useText } from '../../../ui/use-text.ts';
import { findPolicyProblems } from './find-policy-problems.ts';
import { type PolicyDraft, tidyPolicy } from './policy-draft.ts';
import { SegmentsPart } from './segments-part.tsx';
import { ThenPart } from './then-part.tsx';
import { validateWith } from '../setting-fields.tsx';
import { WhenPart } from './when-part.tsx';
import { WherePart } from './where-part.tsx';
import { WhoPart } from './who-part.tsx';
import styles from './conditions.module.css';

export interface PolicyFormProps {
  readonly policy: PolicyDraft;
  /** External URLs of the application's segments. */
  readonly segments: readonly string[];
  readonly onChange: (policy: PolicyDraft) => void;
}

const STATES = ['enabled', 'enabledForReportingButNotEnforced', 'disabled'] as const;

/** One policy: for whom, from where and when it applies, and what it does then. */
export function PolicyForm({ policy, segments, onChange }: PolicyFormProps): ReactElement {
  const text = useText('conditions');
  const problems = findPolicyProblems(policy, useLanguage());
  const { conditions } = policy;
  const change = (part: Partial<PolicyDraft>): void => onChange(tidyPolicy({ ...policy, ...part }));
  const changeCondition = (part: Partial<PolicyDraft['conditions']>): void =>
    change({ conditions: { ...conditions, ...part } });
  return (
    // The list's own field must not name the controls of this form.
    <FieldContextProvider value={undefined}>
      <div className={styles['form']}>
        <Field label={text.name} hint={text.nameHint} required {...validateWith(problems.displayName)}>
          <Input value={policy.displayName} onChange={(_event, { value }) => change({ displayName: value })} />
        </Field>
        <Field label={text.state} hint={policy.state === 'enabledForReportingButNotEnforced' ? text.reportedHint : ''}>
          <RadioGroup
            layout="horizontal"
            value={policy.state}
            onChange={(_event, { value }) => change({ state: STATES.find((state) => state === value) ?? 'enabled' })}
          >
            {STATES.map((state) => (
              <Radio key={state} value={state} label={text.states[state]} />
            ))}
          </RadioGroup>
        </Field>
        <WhoPart conditions={conditions} problem={problems.users} onChange={(users) => changeCondition({ users })} />
        <WherePart
          locations={conditions.locations}
          problems={problems}
          onChange={(locations) => changeCondition({ locations })}
        />
        <WhenPart times={conditions.times} problems={problems} onChange={(times) => changeCondition({ times })} />
        {segments.length === 0 && conditions.segments === null ? null : (
          <SegmentsPart
            segments={conditions.segments}
            known={segments}
            problem={problems.segments}
            onChange={(changed) => changeCondition({ segments: changed })}
          />
        )}
        <ThenPart policy={policy} problems={problems} onChange={change} />
      </div>
    </FieldContextProvider>
  );
}
