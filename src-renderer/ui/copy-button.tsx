import { Button, Tooltip } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { type ReactElement, useState } from 'react';
import { useText } from './use-text.ts';
import { call } from '../bridge/bridge.ts';

const SHOWN_MS = 1500;

export interface CopyButtonProps {
  /** Null as long as it is not known. */
  readonly text: string | null;
  readonly label: string;
  /** Where several stand beside each other. */
  readonly icon?: ReactElement;
}

export function CopyButton({ text, label, icon = <CopyRegular /> }: CopyButtonProps): ReactElement {
  const shell = useText('shell');
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    if (text === null) return;
    void call('copyText', { text }).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), SHOWN_MS);
    });
  };
  return (
    <Tooltip content={isCopied ? shell.copied : label} relationship="label">
      <Button
        size="small"
        appearance="subtle"
        icon={isCopied ? <CheckmarkRegular /> : icon}
        disabledFocusable={text === null}
        onClick={copy}
      />
    </Tooltip>
  );
}
