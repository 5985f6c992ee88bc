import { Dropdown, Field, Input, Option } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
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
  const [groups, setGroups] = useState<readonly ConnectorGroup[]>([]);
  const load = useAction(async () => setGroups(await call('listConnectorGroups')));
  const { run } = load;
  useEffect(() => void run(), [run]);
  const chosen = groups.find((group) =>
    name.connectorGroupId === null ? group.isDefault : group.id === name.connectorGroupId,
  );
  const isNamed = name.displayName.trim() !== '';
  return (
    <StepFrame
      title="Name this connector"
      intro="Administrators see this name in the list of connectors. The connectors of a group stand in for each other and serve the same applications."
      onBack={onBack}
      next={{ label: 'Next', isDisabled: !isNamed || chosen === undefined, run: onNext }}
    >
      {load.error === null ? null : (
        <ProblemBar
          title="The connector groups could not be read"
          error={load.error}
          action={{ label: 'Try again', run: () => void run() }}
        />
      )}
      <Field
        label="Name"
        required
        {...(isNamed ? {} : { validationState: 'error' as const, validationMessage: 'Give the connector a name.' })}
      >
        <Input
          value={name.displayName}
          maxLength={120}
          onChange={(_event, { value }) => onChange({ ...name, displayName: value })}
        />
      </Field>
      <Field
        label="Connector group"
        hint="Leave it at the default one unless your applications live in several networks."
      >
        <Dropdown
          value={chosen?.name ?? (load.isRunning ? 'Reading the groups…' : '')}
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
