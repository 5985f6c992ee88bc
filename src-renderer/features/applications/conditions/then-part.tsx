import {
  Checkbox,
  Dropdown,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Option,
  Radio,
  RadioGroup,
} from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { useText } from '../../../ui/use-text.ts';
import type { PolicyProblems } from './find-policy-problems.ts';
import { FormPart } from './form-part.tsx';
import {
  FREQUENCY_UNITS,
  isBlock,
  NO_CONTROLS,
  type PolicyDraft,
  shutsEverybodyOut,
  type SignInFrequencyDraft,
} from './policy-draft.ts';
import { validateWith } from '../setting-fields.tsx';
import { WordsField } from './words-field.tsx';
import styles from './conditions.module.css';

type Outcome = Pick<PolicyDraft, 'grantControls' | 'sessionControls'>;

export interface ThenPartProps {
  readonly policy: PolicyDraft;
  readonly problems: PolicyProblems;
  readonly onChange: (outcome: Outcome) => void;
}

const BLOCK: Outcome = { grantControls: { ...NO_CONTROLS, builtInControls: ['block'] }, sessionControls: null };
const ASK_FOR_MFA: Outcome = { grantControls: { ...NO_CONTROLS, builtInControls: ['mfa'] }, sessionControls: null };

const A_WORKING_DAY: SignInFrequencyDraft = { isEnabled: true, type: 'hours', value: 8 };

/** What becomes of those for whom a policy applies. */
export function ThenPart({ policy, problems, onChange }: ThenPartProps): ReactElement {
  const text = useText('conditions');
  const { grantControls, sessionControls } = policy;
  const controls = grantControls ?? NO_CONTROLS;
  const frequency = sessionControls?.signInFrequency ?? null;
  /** What was asked for when “Block” was chosen, so that a look at that costs nothing. */
  const [asked, setAsked] = useState(ASK_FOR_MFA);
  const grant = (part: Partial<typeof controls>): void =>
    onChange({ grantControls: { ...controls, ...part }, sessionControls });
  return (
    <FormPart title={text.outcome}>
      <Field {...validateWith(problems.grantControls)}>
        <RadioGroup
          layout="horizontal"
          aria-label={text.outcome}
          value={isBlock(policy) ? 'block' : 'ask'}
          onChange={(_event, { value }) => {
            if (value === 'block') setAsked({ grantControls, sessionControls });
            onChange(value === 'block' ? BLOCK : asked);
          }}
        >
          <Radio value="ask" label={text.ask} />
          <Radio value="block" label={text.block} />
        </RadioGroup>
      </Field>
      {shutsEverybodyOut(policy) ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{text.blocksAll}</MessageBarBody>
        </MessageBar>
      ) : null}
      {isBlock(policy) ? null : (
        <>
          <Checkbox
            label={text.mfa}
            checked={controls.builtInControls.includes('mfa')}
            onChange={(_event, { checked }) => grant({ builtInControls: checked === true ? ['mfa'] : [] })}
          />
          <FrequencyField
            frequency={frequency}
            problem={problems.signInFrequency}
            onChange={(signInFrequency) => onChange({ grantControls, sessionControls: { signInFrequency } })}
          />
          <div className={styles['pair']}>
            <WordsField
              label={text.acrValues}
              hint={text.acrValuesHint}
              words={controls.acrValues}
              problem={problems.acrValues}
              onChange={(acrValues) => grant({ acrValues })}
            />
            <WordsField
              label={text.amrValues}
              hint={text.amrValuesHint}
              words={controls.amrValues}
              problem={problems.amrValues}
              onChange={(amrValues) => grant({ amrValues })}
            />
          </div>
        </>
      )}
    </FormPart>
  );
}

interface FrequencyFieldProps {
  readonly frequency: SignInFrequencyDraft | null;
  readonly problem: string | undefined;
  readonly onChange: (frequency: SignInFrequencyDraft | null) => void;
}

function FrequencyField({ frequency, problem, onChange }: FrequencyFieldProps): ReactElement {
  const text = useText('conditions');
  const isOn = frequency?.isEnabled === true;
  return (
    <>
      <Checkbox
        label={text.frequency}
        checked={isOn}
        onChange={(_event, { checked }) =>
          onChange(checked === true ? { ...(frequency ?? A_WORKING_DAY), isEnabled: true } : null)
        }
      />
      {isOn ? (
        <div className={styles['frequency']}>
          <Field label={text.frequencyValue} {...validateWith(problem)}>
            <Input
              className={styles['count'] ?? ''}
              inputMode="numeric"
              value={String(frequency.value)}
              onChange={(_event, { value }) =>
                onChange({ ...frequency, value: /^\d{1,9}$/.test(value.trim()) ? Number(value) : value })
              }
            />
          </Field>
          <Field label={text.frequencyUnit}>
            <Dropdown
              style={{ minWidth: 130 }}
              value={text.units[frequency.type]}
              selectedOptions={[frequency.type]}
              onOptionSelect={(_event, { optionValue }) => {
                const type = FREQUENCY_UNITS.find((unit) => unit === optionValue);
                if (type !== undefined) onChange({ ...frequency, type });
              }}
            >
              {FREQUENCY_UNITS.map((unit) => (
                <Option key={unit} value={unit}>
                  {text.units[unit]}
                </Option>
              ))}
            </Dropdown>
          </Field>
        </div>
      ) : null}
    </>
  );
}
