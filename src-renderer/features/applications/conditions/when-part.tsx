import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import type { ReactElement } from 'react';
import { useText } from '../../../ui/use-text.ts';
import type { PolicyProblems } from './find-policy-problems.ts';
import { FormPart } from './form-part.tsx';
import { ownTimeZone } from './own-time-zone.ts';
import { type ConditionsDraft, makeTimeWindow, type TimeWindowDraft } from './policy-draft.ts';
import { TimeWindowField } from './time-window-field.tsx';
import styles from './conditions.module.css';

export interface WhenPartProps {
  readonly times: ConditionsDraft['times'];
  readonly problems: PolicyProblems;
  readonly onChange: (times: ConditionsDraft['times']) => void;
}

const SIDES = ['includeTimes', 'excludeTimes'] as const;

/** The hours that a policy is for, and those that it leaves out. */
export function WhenPart({ times, problems, onChange }: WhenPartProps): ReactElement {
  const text = useText('conditions');
  const lists = times ?? { includeTimes: [], excludeTimes: [] };
  const isAlways = lists.includeTimes.length + lists.excludeTimes.length === 0;
  const change = (side: (typeof SIDES)[number], windows: TimeWindowDraft[]): void =>
    onChange({ ...lists, [side]: windows });
  return (
    <FormPart title={text.when}>
      {isAlways ? <p className={styles['note']}>{text.always}</p> : null}
      {SIDES.filter((side) => lists[side].length > 0).map((side) => (
        <div key={side} role="group" aria-label={text[side]} className={styles['windows']}>
          <span className={styles['side']}>{text[side]}</span>
          {lists[side].map((window, index) => (
            <TimeWindowField
              // Windows have no identity beside their place.
              key={`${side} ${String(index)}`}
              window={window}
              problem={problems[`${side}.${index}`]}
              onChange={(changed) => change(side, lists[side].with(index, changed))}
              onRemove={() => change(side, lists[side].toSpliced(index, 1))}
            />
          ))}
        </div>
      ))}
      <div className={styles['adds']}>
        {SIDES.map((side) => (
          <Button
            key={side}
            appearance="subtle"
            size="small"
            icon={<AddRegular />}
            onClick={() => change(side, [...lists[side], makeTimeWindow(ownTimeZone())])}
          >
            {side === 'includeTimes' ? text.addIncluded : text.addExcluded}
          </Button>
        ))}
      </div>
    </FormPart>
  );
}
