import { Button, Field, Input } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { AllowRule } from '../../../src-shared/connector/allow-list.ts';
import type { Allowance } from '../../../src-shared/ipc/machine-settings.ts';
import { call } from '../../bridge/bridge.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './machine-sections.module.css';

/** Asks what the rules, as they stand here, say of one address. Null while one of them is wrong. */
export function AllowListCheck({ rules }: { readonly rules: readonly AllowRule[] | null }): ReactElement {
  const text = useText('machineSettings');
  const [url, setUrl] = useState('');
  const [answer, setAnswer] = useState<{ readonly of: string; readonly allowance: Allowance } | null>(null);
  const asked = JSON.stringify([rules, url]);
  const ask = useAction(async () => {
    if (rules === null) return;
    setAnswer({ of: asked, allowance: await call('checkAllowList', { rules: [...rules], url }) });
  });
  const allowance = answer?.of === asked ? answer.allowance : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void ask.run();
      }}
    >
      <div className={styles['check']}>
        <Field label={text.checkUrl}>
          <Input
            value={url}
            placeholder="https://intranet.corp.example/"
            onChange={(_event, { value }) => setUrl(value)}
          />
        </Field>
        <Button type="submit" disabledFocusable={rules === null || url.trim() === '' || ask.isRunning}>
          {text.check}
        </Button>
      </div>
      <p className={styles['answer']} role="status" data-testid="allowance">
        {allowance === null ? null : (
          <>
            <StatusMark status={allowance.isAllowed ? 'ok' : 'offline'} />{' '}
            {allowance.isAllowed ? text.isContacted(allowance.addresses.join(', ')) : text.isNotContacted}{' '}
            {allowance.reason ?? ''}
          </>
        )}
      </p>
      {ask.error === null ? null : <ProblemBar title={text.checkFailed} error={ask.error} />}
    </form>
  );
}
