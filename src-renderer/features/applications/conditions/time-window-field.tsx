import { Button, Combobox, Field, Input, Option, ToggleButton, Tooltip } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { ReactElement } from 'react';
import { useLanguage, useText } from '../../../ui/use-text.ts';
import { dayName, WEEK } from './describe-policy.ts';
import { ownTimeZone } from './own-time-zone.ts';
import type { TimeWindowDraft } from './policy-draft.ts';
import { readTime } from './read-time.ts';
import { validateWith } from '../setting-fields.tsx';
import styles from './conditions.module.css';

export interface TimeWindowFieldProps {
  readonly window: TimeWindowDraft;
  readonly problem: string | undefined;
  readonly onChange: (window: TimeWindowDraft) => void;
  readonly onRemove: () => void;
}

const OFFERED_ZONES = 40;
/** Fluent's own width leaves the days no room beside it. */
const ZONE_WIDTH_PX = 180;

/** Hours of some days, by the clock of a time zone. */
export function TimeWindowField({ window, problem, onChange, onRemove }: TimeWindowFieldProps): ReactElement {
  const text = useText('conditions');
  const language = useLanguage();
  const { daysOfWeek, startTime, endTime, timeZone } = window;
  const change = (part: Partial<TimeWindowDraft>): void => onChange({ ...window, ...part });
  const isPastMidnight = problem === undefined && endTime < startTime;
  const time = (label: string, value: string, key: 'startTime' | 'endTime'): ReactElement => (
    <Field label={label}>
      <Input
        className={styles['time'] ?? ''}
        input={{ className: styles['digits'] ?? '' }}
        value={value}
        maxLength={5}
        onChange={(_event, data) => change({ [key]: data.value })}
        onBlur={() => {
          if (readTime(value) !== value) change({ [key]: readTime(value) });
        }}
      />
    </Field>
  );
  return (
    <Field {...validateWith(problem)} hint={isPastMidnight ? text.pastMidnight : ''}>
      <div role="group" aria-label={`${text.days}, ${text.from}, ${text.to}`} className={styles['window']}>
        <div role="group" aria-label={text.days} className={styles['days']}>
          {WEEK.map((day) => (
            <ToggleButton
              key={day}
              size="small"
              className={styles['day'] ?? ''}
              checked={daysOfWeek.includes(day)}
              onClick={() =>
                change({ daysOfWeek: WEEK.filter((other) => daysOfWeek.includes(other) !== (other === day)) })
              }
            >
              {dayName(day, language)}
            </ToggleButton>
          ))}
        </div>
        <div className={styles['hours']}>
          {time(text.from, startTime, 'startTime')}
          {time(text.to, endTime, 'endTime')}
          <Field label={text.timeZone}>
            <Combobox
              freeform
              style={{ minWidth: 0, width: ZONE_WIDTH_PX }}
              input={{ style: { minWidth: 0, width: '100%' } }}
              value={timeZone}
              selectedOptions={[timeZone]}
              onChange={(event) => change({ timeZone: event.target.value.trim() })}
              onOptionSelect={(_event, { optionValue }) => {
                if (optionValue !== undefined) change({ timeZone: optionValue });
              }}
            >
              {zonesLike(timeZone).map((zone) => (
                <Option key={zone} value={zone}>
                  {zone}
                </Option>
              ))}
            </Combobox>
          </Field>
          <Tooltip content={text.removeHours} relationship="label">
            <Button
              className={styles['remove'] ?? ''}
              appearance="subtle"
              icon={<DismissRegular />}
              onClick={onRemove}
            />
          </Tooltip>
        </div>
      </div>
    </Field>
  );
}

/** Those that have what was typed in their name; of one that is whole its neighbours, too. */
function zonesLike(typed: string): readonly string[] {
  const zones = [...new Set([ownTimeZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  const wanted = zones.includes(typed) ? (typed.split('/')[0] ?? '') : typed;
  const found = zones.filter((zone) => zone.toLowerCase().includes(wanted.toLowerCase().replaceAll(' ', '_')));
  return [...new Set([...found.filter((zone) => zone === typed), ...found])].slice(0, OFFERED_ZONES);
}
