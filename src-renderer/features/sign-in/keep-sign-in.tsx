import { Checkbox, Field } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';

/** Asks, on a machine without a key store, whether a sign-in may be kept without one. Nothing where there is one. */
export function KeepSignIn(): ReactElement | null {
  const tokens = useAppState((state) => state.protection.tokens);
  if (tokens === 'keyStore') return null;
  return (
    <Field
      hint={
        tokens === 'file'
          ? 'It is in a file that only your account here may read, and is not encrypted: whoever gets that file, or a backup of it, can act in your name.'
          : 'This machine has no key store, so the sign-in is kept in memory only and lasts until Postern quits.'
      }
    >
      <Checkbox
        checked={tokens === 'file'}
        label="Keep me signed in, without the protection of a key store"
        onChange={(_event, { checked }) => void call('keepSignIn', { where: checked === true ? 'file' : 'memory' })}
      />
    </Field>
  );
}
