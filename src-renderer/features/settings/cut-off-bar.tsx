import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { AllowRule } from '../../../src-shared/connector/allow-list.ts';
import type { CallResult } from '../../../src-shared/ipc/contract.ts';
import { call } from '../../bridge/bridge.ts';
import { useText } from '../../ui/use-text.ts';

const SHOWN = 8;
/** Rests while somebody types. */
const DELAY_MS = 250;

/** Which published applications an allow-list that is not saved yet would cut off. */
export function CutOffBar({ rules }: { readonly rules: readonly AllowRule[] }): ReactElement | null {
  const text = useText('machineSettings');
  const [cutOff, setCutOff] = useState<CallResult<'previewAllowList'>>([]);
  const wanted = JSON.stringify(rules);
  useEffect(() => {
    let isWanted = true;
    const ask = async (): Promise<void> => {
      const found = await call('previewAllowList', { rules: JSON.parse(wanted) as AllowRule[] });
      if (isWanted) setCutOff(found);
    };
    const timer = setTimeout(() => void ask().catch(() => undefined), DELAY_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  if (cutOff.length === 0) return null;
  return (
    <MessageBar intent="warning" layout="multiline" politeness="polite" data-testid="cut-off">
      <MessageBarBody>
        <MessageBarTitle>{text.cutOffTitle(cutOff.length)}</MessageBarTitle>
        <ul>
          {cutOff.slice(0, SHOWN).map(({ displayName, reason }) => (
            <li key={`${displayName} ${reason}`}>
              {displayName}: {reason}
            </li>
          ))}
          {cutOff.length > SHOWN ? <li>{text.cutOffMore(cutOff.length - SHOWN)}</li> : null}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
