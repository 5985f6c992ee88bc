import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import type { ReactElement } from 'react';
import type { AllowRule } from '../../../src-shared/connector/allow-list.ts';
import { call } from '../../bridge/bridge.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { useText } from '../../ui/use-text.ts';
import { AllowListCheck } from './allow-list-check.tsx';
import { draftOf, emptyRule, readRules, type RuleDraft } from './allow-list-draft.ts';
import { AllowRuleFields } from './allow-rule-fields.tsx';
import { CutOffBar } from './cut-off-bar.tsx';
import { SaveBar } from './save-bar.tsx';
import { SettingsSection } from './settings-section.tsx';
import styles from './machine-sections.module.css';

export interface AllowListSectionProps {
  readonly saved: readonly AllowRule[];
  readonly onSaved: () => Promise<void>;
}

/** What this machine may contact, whatever the service asks: rules, what they would cut off, and a question to them. */
export function AllowListSection({ saved, onSaved }: AllowListSectionProps): ReactElement {
  const text = useText('machineSettings');
  const notify = useNotify();
  const typed = useKeptInput<readonly RuleDraft[]>('allow-list', saved, () => saved.map(draftOf));
  const { input: drafts, change } = typed;
  const rules = readRules(drafts);
  const isChanged = rules === null || JSON.stringify(rules) !== JSON.stringify(saved);
  const put = async (list: readonly AllowRule[]): Promise<void> => {
    await call('saveAllowList', { rules: [...list] });
    await onSaved();
  };
  const save = useAction(async () => {
    if (rules === null) return;
    await put(rules);
    typed.forget();
    notify.success(text.saved, () => put(saved));
  });
  return (
    <SettingsSection title={text.allowList} text={text.allowListText}>
      <p className={styles['note']}>{drafts.length === 0 ? text.allowListEmpty : text.allowListRules}</p>
      {drafts.map((draft, index) => (
        <AllowRuleFields
          key={draft.key}
          number={index + 1}
          draft={draft}
          onChange={(changed) => change(drafts.map((each) => (each.key === draft.key ? changed : each)))}
          onRemove={() => change(drafts.filter((each) => each.key !== draft.key))}
        />
      ))}
      <div>
        <Button icon={<AddRegular />} onClick={() => change([...drafts, emptyRule()])}>
          {text.addRule}
        </Button>
      </div>
      {isChanged && rules !== null ? <CutOffBar rules={rules} /> : null}
      <SaveBar save={save} isChanged={isChanged} isValid={rules !== null} onDiscard={typed.forget} />
      <AllowListCheck rules={rules} />
    </SettingsSection>
  );
}
