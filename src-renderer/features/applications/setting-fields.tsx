import { Dropdown, Field, Input, Option, Switch, Textarea } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { ON_PREMISES_PUBLISHING_DEFAULTS } from '../../../src-shared/publishing/application.ts';
import { useText } from '../../ui/use-text.ts';
import type { DraftField, DraftProblems } from './application-draft.ts';
import { type JsonKey, type NumberKey, type SettingsDraft, type SwitchKey, withSwitch } from './settings-draft.ts';
import styles from './setting-fields.module.css';

/** What the fields of the settings share: where their values are, and what is wrong with them. */
export interface SettingsProps {
  readonly settings: SettingsDraft;
  readonly problems: DraftProblems;
  readonly onChange: (settings: SettingsDraft) => void;
}

export interface Validation {
  readonly validationState: 'error' | 'warning' | 'none';
  readonly validationMessage?: string;
}

export function validate(problems: DraftProblems, field: DraftField): Validation {
  return validateWith(problems[field]?.join(' '));
}

/** A problem as Fluent's fields show it. */
export function validateWith(problem: string | undefined): Validation {
  return problem === undefined ? { validationState: 'none' } : { validationState: 'error', validationMessage: problem };
}

export function SettingSwitch(props: SettingsProps & { readonly field: SwitchKey }): ReactElement {
  const { settings, problems, onChange, field } = props;
  const text = useText('applicationSettings');
  const { label, hint } = text[field];
  const usual = ON_PREMISES_PUBLISHING_DEFAULTS[field] ? text.on : text.off;
  return (
    <Field hint={`${hint} ${text.defaultIs(usual)}`} {...validate(problems, field)}>
      <Switch
        label={label}
        checked={settings[field]}
        onChange={(_event, { checked }) => onChange(withSwitch(settings, field, checked))}
      />
    </Field>
  );
}

export interface SettingNumberProps extends SettingsProps {
  readonly field: NumberKey;
  readonly unit?: string;
  /** What holds where nothing is given. */
  readonly usual: string;
}

export function SettingNumber({ settings, problems, onChange, field, unit, usual }: SettingNumberProps): ReactElement {
  const text = useText('applicationSettings');
  const { label, hint } = text[field];
  return (
    <Field label={label} hint={`${hint} ${text.defaultIs(usual)}`} {...validate(problems, field)}>
      <Input
        className={styles['number'] ?? ''}
        inputMode="numeric"
        value={settings[field]}
        contentAfter={unit === undefined ? null : <span className={styles['unit']}>{unit}</span>}
        onChange={(_event, { value }) => onChange({ ...settings, [field]: value })}
      />
    </Field>
  );
}

export interface SettingJsonProps extends SettingsProps {
  readonly field: JsonKey;
  /** Where the API's problems with it stand. */
  readonly target: DraftField;
}

/** A structure as JSON, checked as it is typed. */
export function SettingJson({ settings, problems, onChange, field, target }: SettingJsonProps): ReactElement {
  const text = useText('applicationSettings');
  const { label, hint } = text[field];
  return (
    <Field label={label} hint={`${hint} ${text.asJson} ${text.defaultIs(text.none)}`} {...validate(problems, target)}>
      <Textarea
        resize="vertical"
        textarea={{ className: styles['code'] ?? '', spellCheck: false, rows: settings[field] === '' ? 2 : 8 }}
        value={settings[field]}
        onChange={(_event, { value }) => onChange({ ...settings, [field]: value })}
      />
    </Field>
  );
}

export interface ChoiceFieldProps<Value extends string> {
  readonly label: string;
  readonly hint?: string;
  readonly value: Value;
  /** `detail` stands below a choice in the open list. */
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly detail?: string }[];
  readonly validation?: Validation;
  readonly onChoose: (value: Value) => void;
}

/** One of a few. */
export function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>): ReactElement {
  const { label, hint, value, choices, validation, onChoose } = props;
  return (
    <Field label={label} {...(hint !== undefined && { hint })} {...validation}>
      <Dropdown
        value={choices.find((choice) => choice.value === value)?.label ?? ''}
        selectedOptions={[value]}
        onOptionSelect={(_event, { optionValue }) => {
          const chosen = choices.find((choice) => choice.value === optionValue);
          if (chosen !== undefined) onChoose(chosen.value);
        }}
      >
        {choices.map((choice) => (
          <Option key={choice.value} value={choice.value} text={choice.label}>
            {choice.detail ? (
              <span className={styles['choice']}>
                {choice.label}
                <span className={styles['detail']}>{choice.detail}</span>
              </span>
            ) : (
              choice.label
            )}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
