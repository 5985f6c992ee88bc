import { Dropdown, Field, Input, Option } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';

export interface ConnectorName {
  readonly displayName: string;
  readonly connectorGroupId: string | null;
}

export interface NameStepProps extends StepProps {
  readonly name: ConnectorName;
  readonly onChange: (name: ConnectorName) => void;
}

export function NameStep({ onNext, onBack, name, onChange }: NameStepProps): ReactElement {
  const { name: text, next } = useText('wizard');
  const [groups, setGroups] = useState<readonly ConnectorGroup[]>([]);
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const load = useAction(async () => {
    const [all, connectors] = await Promise.all([call('listConnectorGroups'), call('listConnectors')]);
    setGroups(all);
    setTaken(new Set(connectors.map(({ displayName }) => displayName.toLowerCase())));
  });
  const { run } = load;
  useEffect(() => void run(), [run]);
  const chosen = groups.find((group) =>
    name.connectorGroupId === null ? group.isDefault : group.id === name.connectorGroupId,
  );
  const typed = name.displayName.trim();
  const isNamed = typed !== '';
  const isTaken = taken.has(typed.toLowerCase());
  return (
    <StepFrame
      title={text.title}
      intro={text.intro}
      onBack={onBack}
      next={{ label: next, isDisabled: !isNamed || chosen === undefined, run: onNext }}
    >
      {load.error === null ? null : (
        <ProblemBar
          title={text.groupsFailed}
          error={load.error}
          action={{ label: text.tryAgain, run: () => void run() }}
        />
      )}
      <Field
        label={text.label}
        required
        {...(isNamed ? {} : { validationState: 'error' as const, validationMessage: text.missing })}
        {...(isTaken ? { validationState: 'warning' as const, validationMessage: text.taken(typed) } : {})}
      >
        <Input
          value={name.displayName}
          maxLength={120}
          onChange={(_event, { value }) => onChange({ ...name, displayName: value })}
        />
      </Field>
      <Field label={text.group} hint={text.groupHint}>
        <Dropdown
          value={chosen?.name ?? (load.isRunning ? text.readingGroups : '')}
          selectedOptions={chosen === undefined ? [] : [chosen.id]}
          onOptionSelect={(_event, { optionValue }) => onChange({ ...name, connectorGroupId: optionValue ?? null })}
        >
          {groups.map((group) => (
            <Option key={group.id} value={group.id} text={group.name}>
              {group.name}
            </Option>
          ))}
        </Dropdown>
      </Field>
    </StepFrame>
  );
}
