import { Radio, RadioGroup } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { SettingsSection } from './settings-section.tsx';

export interface ChoiceSectionProps<Choice extends string> {
  readonly title: string;
  readonly text?: string;
  readonly choices: readonly Choice[];
  readonly names: Readonly<Record<Choice, string>>;
  readonly chosen: Choice;
  readonly onChoose: (choice: Choice) => Promise<void>;
}

/** One of a few, which counts as soon as it is chosen. */
export function ChoiceSection<Choice extends string>({
  choices,
  names,
  chosen,
  onChoose,
  ...section
}: ChoiceSectionProps<Choice>): ReactElement {
  const text = useText('machineSettings');
  const choose = useAction(onChoose);
  return (
    <SettingsSection {...section}>
      <RadioGroup
        layout="horizontal"
        aria-label={section.title}
        value={chosen}
        onChange={(_event, { value }) => {
          const choice = choices.find((each) => each === value);
          if (choice !== undefined) void choose.run(choice);
        }}
      >
        {choices.map((choice) => (
          <Radio key={choice} value={choice} label={names[choice]} />
        ))}
      </RadioGroup>
      {choose.error === null ? null : <ProblemBar title={text.saveFailed} error={choose.error} />}
    </SettingsSection>
  );
}
