import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Radio,
  RadioGroup,
  Switch,
} from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { findProxyProblem, PROXY_MODES, type ProxySettings } from '../../../src-shared/ipc/machine-settings.ts';
import type { CallResult } from '../../../src-shared/ipc/contract.ts';
import { call } from '../../bridge/bridge.ts';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { FIRST_FOCUS } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import { ProxyCredentialFields } from './proxy-credential-fields.tsx';
import { SaveBar } from './save-bar.tsx';
import { useLastOutcome } from './use-last-outcome.ts';

export interface ProxyFormProps {
  readonly saved: ProxySettings;
  readonly hasPassword: boolean;
  readonly onSaved: () => Promise<void>;
}

/** By which proxy this machine goes out: checked as it is typed, and told at once whether the service answers that way. */
export function ProxyForm({ saved, hasPassword, onSaved }: ProxyFormProps): ReactElement {
  const text = useText('machineSettings');
  const notify = useNotify();
  const typed = useKeptInput('proxy', saved, () => saved);
  const { input: draft } = typed;
  // A secret, and so not kept.
  const [password, setPassword] = useState<string | null>(null);
  const [outcome, setOutcome] = useLastOutcome();
  const take = async ({ problem }: CallResult<'saveProxy'>): Promise<void> => {
    setOutcome(problem);
    typed.forget();
    await onSaved();
  };
  const putBack = async (): Promise<void> => take(await call('undoProxy'));
  const save = useAction(async () => {
    const outcome = await call('saveProxy', { proxy: draft, password });
    await take(outcome);
    if (outcome.problem === null) notify.success(text.saved, putBack);
  });
  const undo = useAction(putBack);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved) || password !== null;
  const wrong = findProxyProblem(draft);
  const change = (part: Partial<ProxySettings>): void => typed.change({ ...draft, ...part });
  const invalid = (field: typeof wrong, message: string) =>
    wrong === field ? ({ validationState: 'error', validationMessage: message } as const) : {};
  return (
    <>
      <RadioGroup
        aria-label={text.proxy}
        value={draft.mode}
        onChange={(_event, { value }) => change({ mode: PROXY_MODES.find((mode) => mode === value) ?? 'system' })}
      >
        {PROXY_MODES.map((mode) => (
          <Radio key={mode} value={mode} label={text.proxyMode[mode]} {...(mode === draft.mode ? FIRST_FOCUS : {})} />
        ))}
      </RadioGroup>
      {draft.mode === 'manual' ? (
        <>
          <Field
            label={text.proxyAddress}
            hint={text.proxyAddressHint}
            required
            {...invalid('address', text.proxyAddressProblem)}
          >
            <Input value={draft.address} onChange={(_event, { value }) => change({ address: value })} />
          </Field>
          <Field label={text.proxyExceptions} hint={text.proxyExceptionsHint}>
            <Input value={draft.exceptions} onChange={(_event, { value }) => change({ exceptions: value })} />
          </Field>
        </>
      ) : null}
      {draft.mode === 'pac' ? (
        <Field label={text.pacUrl} hint={text.pacUrlHint} required {...invalid('pacUrl', text.pacUrlProblem)}>
          <Input value={draft.pacUrl} onChange={(_event, { value }) => change({ pacUrl: value })} />
        </Field>
      ) : null}
      {draft.mode === 'none' ? null : (
        <>
          <ProxyCredentialFields
            userName={draft.userName}
            password={password}
            hasPassword={hasPassword}
            onUserName={(userName) => change({ userName })}
            onPassword={setPassword}
          />
          <Field hint={`${text.proxyForBackendsHint} ${text.defaultIs(text.off)}`}>
            <Switch
              label={text.proxyForBackends}
              checked={draft.isForBackends}
              onChange={(_event, { checked }) => change({ isForBackends: checked })}
            />
          </Field>
        </>
      )}
      {outcome === null ? null : (
        <MessageBar intent="warning" layout="multiline" politeness="assertive" data-testid="proxy-outcome">
          <MessageBarBody>
            <MessageBarTitle>{text.proxyNoAnswer}</MessageBarTitle>
            {outcome.message}
            {outcome.remedy === null ? '' : ` ${outcome.remedy}`}
          </MessageBarBody>
          <MessageBarActions>
            <Button disabledFocusable={undo.isRunning || save.isRunning} onClick={() => void undo.run()}>
              {text.proxyUndo}
            </Button>
          </MessageBarActions>
        </MessageBar>
      )}
      {undo.error === null ? null : <ProblemBar title={text.saveFailed} error={undo.error} />}
      <SaveBar
        save={save}
        isChanged={isChanged}
        isValid={wrong === null}
        onDiscard={() => {
          typed.forget();
          setPassword(null);
        }}
      />
    </>
  );
}
