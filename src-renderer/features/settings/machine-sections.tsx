import type { ReactElement } from 'react';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useText } from '../../ui/use-text.ts';
import { AllowListSection } from './allow-list-section.tsx';
import { AuthoritiesSection } from './authorities-section.tsx';
import { ProxySection } from './proxy-section.tsx';
import { RetentionSection } from './retention-section.tsx';
import { StartSection } from './start-section.tsx';
import { useMachineSettings } from './use-machine-settings.ts';

/** What this machine may do and how it goes out. Each part begins anew from what is saved, whenever that is another. */
export function MachineSections(): ReactElement | null {
  const { settings, error, reload } = useMachineSettings();
  const text = useText('machineSettings');
  if (settings === null) return error === null ? null : <ProblemBar title={text.readFailed} error={error} />;
  const { startAtLogin, proxy, hasProxyPassword, authorities, allowList, retention } = settings;
  return (
    <>
      <AllowListSection key={JSON.stringify(allowList)} saved={allowList} onSaved={reload} />
      <ProxySection
        key={JSON.stringify([proxy, hasProxyPassword])}
        saved={proxy}
        hasPassword={hasProxyPassword}
        onSaved={reload}
      />
      <AuthoritiesSection authorities={authorities} onChanged={reload} />
      <RetentionSection key={JSON.stringify(retention)} saved={retention} onSaved={reload} />
      <StartSection start={startAtLogin} onChanged={reload} />
    </>
  );
}
