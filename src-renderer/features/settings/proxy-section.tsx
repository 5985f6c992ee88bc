import type { ReactElement } from 'react';
import { useText } from '../../ui/use-text.ts';
import { ProxyForm, type ProxyFormProps } from './proxy-form.tsx';
import { SettingsSection } from './settings-section.tsx';

export function ProxySection(props: ProxyFormProps): ReactElement {
  const text = useText('machineSettings');
  return (
    <SettingsSection title={text.proxy} text={`${text.proxyText} ${text.defaultIs(text.proxyMode.system)}`}>
      <ProxyForm {...props} />
    </SettingsSection>
  );
}
