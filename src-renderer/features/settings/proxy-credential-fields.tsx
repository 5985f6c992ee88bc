import { Field, Input } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useText } from '../../ui/use-text.ts';

export interface ProxyCredentialFieldsProps {
  readonly userName: string;
  /** Null where nothing was typed. */
  readonly password: string | null;
  readonly hasPassword: boolean;
  readonly onUserName: (userName: string) => void;
  readonly onPassword: (password: string | null) => void;
}

/** Who this machine is to the proxy. A password that is kept is never shown: the window doesn't have it. */
export function ProxyCredentialFields(props: ProxyCredentialFieldsProps): ReactElement {
  const { userName, password, hasPassword, onUserName, onPassword } = props;
  const text = useText('machineSettings');
  return (
    <>
      <Field label={text.proxyUserName} hint={text.proxyUserNameHint}>
        <Input value={userName} autoComplete="off" onChange={(_event, { value }) => onUserName(value)} />
      </Field>
      {userName === '' ? null : (
        <Field label={text.proxyPassword} hint={text.proxyPasswordHint}>
          <Input
            type="password"
            autoComplete="off"
            value={password ?? ''}
            placeholder={hasPassword ? text.proxyPasswordKept : ''}
            onChange={(_event, { value }) => onPassword(value === '' ? null : value)}
          />
        </Field>
      )}
    </>
  );
}
