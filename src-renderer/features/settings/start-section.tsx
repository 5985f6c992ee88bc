import { Field, Switch } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { MachineSettings } from '../../../src-shared/ipc/machine-settings.ts';
import { call } from '../../bridge/bridge.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { SettingsSection } from './settings-section.tsx';

export interface StartSectionProps {
  readonly start: MachineSettings['startAtLogin'];
  readonly onChanged: () => Promise<void>;
}

export function StartSection({ start, onChanged }: StartSectionProps): ReactElement {
  const text = useText('machineSettings');
  const change = useAction(async (isOn: boolean) => {
    await call('setStartAtLogin', { isOn });
    await onChanged();
  });
  return (
    <SettingsSection title={text.start} text={text.startText}>
      <Field hint={start.canBeSet ? `${text.startAtLoginHint} ${text.defaultIs(text.off)}` : text.startCannotBeSet}>
        <Switch
          label={text.startAtLogin}
          checked={start.isOn}
          disabled={!start.canBeSet}
          onChange={(_event, { checked }) => void change.run(checked)}
        />
      </Field>
      {change.error === null ? null : <ProblemBar title={text.saveFailed} error={change.error} />}
    </SettingsSection>
  );
}
