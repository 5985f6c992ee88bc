import { Button, Checkbox, Field, Input, Switch } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { ReactElement } from 'react';
import { DAYS_OF_WEEK } from '../../../src-shared/publishing/conditional-access.ts';
import { useText } from '../../ui/use-text.ts';
import { type Day, readRule, type RuleDraft, type RuleField } from './allow-list-draft.ts';
import styles from './machine-sections.module.css';

/** Weeks begin on Monday here. */
const DAYS: readonly Day[] = [...DAYS_OF_WEEK.slice(1), 'sunday'];
const NONE: ReadonlySet<RuleField> = new Set();

export interface AllowRuleFieldsProps {
  readonly number: number;
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
  readonly onRemove: () => void;
}

/** One rule of the allow-list, checked as it is typed. */
export function AllowRuleFields({ number, draft, onChange, onRemove }: AllowRuleFieldsProps): ReactElement {
  const text = useText('machineSettings');
  const read = readRule(draft);
  const wrong = 'wrong' in read ? read.wrong : NONE;
  const validation = (field: RuleField) =>
    wrong.has(field) ? ({ validationState: 'error', validationMessage: text.ruleProblem[field] } as const) : {};
  const change = (part: Partial<RuleDraft>): void => onChange({ ...draft, ...part });
  const goesPastMidnight = !wrong.has('from') && !wrong.has('until') && draft.until.trim() < draft.from.trim();
  const hasDay = (day: Day): boolean => draft.days.includes(day);
  const withDay = (day: Day, isOn: boolean): readonly Day[] =>
    DAYS.filter((each) => (each === day ? isOn : hasDay(each)));
  return (
    <div className={styles['rule']} role="group" aria-label={text.rule(number)}>
      <div className={styles['ruleHead']}>
        <span className={styles['ruleTitle']}>{text.rule(number)}</span>
        <Button appearance="subtle" icon={<DeleteRegular />} aria-label={text.removeRule(number)} onClick={onRemove} />
      </div>
      <Field label={text.hosts} {...validation('hosts')}>
        <Input
          value={draft.hosts}
          placeholder="intranet.corp.example, *.apps.corp.example"
          onChange={(_event, { value }) => change({ hosts: value })}
        />
      </Field>
      <div className={styles['pair']}>
        <Field label={text.addresses} {...validation('addresses')}>
          <Input
            className={styles['narrow'] ?? ''}
            value={draft.addresses}
            placeholder="10.20.0.0/16, 192.168.1.5"
            onChange={(_event, { value }) => change({ addresses: value })}
          />
        </Field>
        <Field label={text.ports} {...validation('ports')}>
          <Input
            className={styles['narrow'] ?? ''}
            value={draft.ports}
            placeholder="443, 8000-8099"
            onChange={(_event, { value }) => change({ ports: value })}
          />
        </Field>
      </div>
      <Switch
        label={text.isTimed}
        checked={draft.isTimed}
        onChange={(_event, { checked }) => change({ isTimed: checked })}
      />
      {draft.isTimed ? (
        <>
          <div className={styles['days']} role="group" aria-label={text.days}>
            {DAYS.map((day) => (
              <Checkbox
                key={day}
                label={text.day[day]}
                checked={hasDay(day)}
                onChange={(_event, { checked }) => change({ days: withDay(day, checked === true) })}
              />
            ))}
          </div>
          {wrong.has('days') ? (
            <p className={styles['problems']} role="alert">
              {text.ruleProblem.days}
            </p>
          ) : null}
          <div className={styles['times']}>
            <Field label={text.from} {...validation('from')}>
              <Input
                className={styles['narrow'] ?? ''}
                value={draft.from}
                onChange={(_event, { value }) => change({ from: value })}
              />
            </Field>
            <Field label={text.until} hint={goesPastMidnight ? text.pastMidnight : ''} {...validation('until')}>
              <Input
                className={styles['narrow'] ?? ''}
                value={draft.until}
                onChange={(_event, { value }) => change({ until: value })}
              />
            </Field>
            <Field label={text.timeZone} {...validation('timeZone')}>
              <Input
                className={styles['narrow'] ?? ''}
                value={draft.timeZone}
                onChange={(_event, { value }) => change({ timeZone: value })}
              />
            </Field>
          </div>
        </>
      ) : null}
      {wrong.has('all') ? (
        <p className={styles['problems']} role="alert">
          {text.ruleProblem.all}
        </p>
      ) : null}
    </div>
  );
}
