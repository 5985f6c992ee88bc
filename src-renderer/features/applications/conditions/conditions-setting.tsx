import type { ReactElement } from 'react';
import { useChangeRefusal } from '../../../ui/use-change-refusal.ts';
import { useLanguage, useText } from '../../../ui/use-text.ts';
import type { SettingsProps } from '../setting-fields.tsx';
import { nameOfPath, StructureList } from '../structure-list.tsx';
import { describePolicy } from './describe-policy.ts';
import { ownTimeZone } from './own-time-zone.ts';
import { makePolicy, type PolicyDraft, readPolicies } from './policy-draft.ts';
import { policyExamples } from './policy-examples.ts';
import { PolicyForm } from './policy-form.tsx';
import { segmentUrls } from './segment-urls.ts';
import styles from './conditions.module.css';

/** The conditions under which an application opens. */
export function ConditionsSetting(props: SettingsProps): ReactElement {
  const text = useText('conditions');
  const language = useLanguage();
  const segments = segmentUrls(props.settings.segmentsConfiguration);
  return (
    <StructureList<PolicyDraft>
      {...props}
      field="conditionalAccessPolicies"
      target="conditionalAccessPolicies"
      read={readPolicies}
      write={(policies) => policies}
      makeItem={() => makePolicy(text.newName)}
      titleOf={({ displayName }) => (displayName.trim() === '' ? text.unnamed : displayName)}
      summaryOf={(policy) => describePolicy(policy, text.summary, language, ownTimeZone())}
      addLabel={text.add}
      nameOf={(path) => nameOfPath(path, text.names)}
      renderEmpty={(add) => <PolicyExamples onBegin={add} />}
    >
      {(policy, change) => <PolicyForm policy={policy} segments={segments} onChange={change} />}
    </StructureList>
  );
}

function PolicyExamples({ onBegin }: { readonly onBegin: (policy: PolicyDraft) => void }): ReactElement | null {
  const text = useText('conditions');
  if (useChangeRefusal() !== null) return null;
  return (
    <div role="group" aria-label={text.begin} className={styles['begin']}>
      <span className={styles['hint']}>{text.begin}</span>
      <div className={styles['examples']}>
        {policyExamples(text, ownTimeZone()).map(({ title, hint, policy }) => (
          <button key={title} type="button" className={styles['example']} onClick={() => onBegin(policy)}>
            <span className={styles['name']}>{title}</span>
            <span className={styles['hint']}>{hint}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
