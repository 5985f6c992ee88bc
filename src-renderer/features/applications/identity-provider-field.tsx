import { type ReactElement, useEffect, useState } from 'react';
import type { IdentityProvider } from '../../../src-shared/publishing/identity-provider.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { ChoiceField, type SettingsProps, validate } from './setting-fields.tsx';

/** By whom the application's users are signed in: one of those that the service has, or its default one, whichever that is. */
export function IdentityProviderField({ settings, problems, onChange }: SettingsProps): ReactElement {
  const { identityProviderId: text } = useText('applicationSettings');
  const [providers, setProviders] = useState<readonly IdentityProvider[]>([]);
  const load = useAction(async () => setProviders(await call('listIdentityProviders')));
  const { run } = load;
  const isSignInRequired = useAppState((state) => state.signIn.isRequired);
  useEffect(() => {
    if (!isSignInRequired) void run();
  }, [isSignInRequired, run]);
  const chosen = settings.identityProviderId;
  const usual = providers.find(({ isDefault }) => isDefault);
  const isUnknown = chosen !== '' && !providers.some(({ id }) => id === chosen);
  return (
    <ChoiceField
      label={text.label}
      hint={text.hint}
      value={chosen}
      choices={[
        { value: '', label: text.default, detail: usual?.displayName ?? '' },
        ...providers.map(({ id, displayName, issuer }) => ({ value: id, label: displayName, detail: issuer })),
        ...(isUnknown ? [{ value: chosen, label: chosen }] : []),
      ]}
      validation={
        load.error === null || problems.identityProviderId !== undefined
          ? validate(problems, 'identityProviderId')
          : { validationState: 'warning', validationMessage: text.failed }
      }
      onChoose={(identityProviderId) => onChange({ ...settings, identityProviderId })}
    />
  );
}
