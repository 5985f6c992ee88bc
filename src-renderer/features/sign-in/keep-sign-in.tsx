import { Checkbox, Field } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useText } from '../../ui/use-text.ts';

/** Asks, on a machine without a key store, whether a sign-in may be kept without one. Nothing where there is one. */
export function KeepSignIn(): ReactElement | null {
  const tokens = useAppState((state) => state.protection.tokens);
  const text = useText('signIn');
  if (tokens === 'keyStore') return null;
  return (
    <Field hint={tokens === 'file' ? text.keptInFile : text.keptInMemory}>
      <Checkbox
        checked={tokens === 'file'}
        label={text.keep}
        onChange={(_event, { checked }) => void call('keepSignIn', { where: checked === true ? 'file' : 'memory' })}
      />
    </Field>
  );
}
