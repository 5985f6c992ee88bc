import { Field, Input, Link, Spinner } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import { parseServiceAddress } from '../../../src-shared/ipc/service-address.ts';
import { call, CallError } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { useText } from '../../ui/use-text.ts';
import { ProxyDialog } from '../settings/proxy-dialog.tsx';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import styles from './service-step.module.css';

const TYPING_PAUSE_MS = 500;

/** What is known of the address as typed. */
type Probe =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'found'; readonly service: ServiceSummary }
  | { readonly kind: 'failed'; readonly error: CallError };

const NOT_ASKED: Probe = { kind: 'none' };

export function ServiceStep({ onNext, onBack }: StepProps): ReactElement {
  const chosen = useAppState((state) => state.service);
  const suggested = useAppState((state) => state.suggestions.serviceUrl);
  const { service: words, next } = useText('wizard');
  const { address } = useText('problems');
  const known = chosen?.serviceUrl ?? suggested ?? '';
  const typing = useKeptInput('service-address', known, () => known);
  const { input: text } = typing;
  const [isLeft, setLeft] = useState(false);
  const [isProxyOpen, setProxyOpen] = useState(false);
  const [turn, setTurn] = useState(0);
  const probe = useProbe(text, turn);
  const { openProxy } = useText('machineSettings');
  const choose = useAction(async () => {
    await call('chooseService', { url: text });
    typing.forget();
    onNext();
  });
  // The service of a company is often vouched for by an authority of its own.
  const trust = useAction(async () => {
    if ((await call('addAuthorities', { pem: null })) === null) return;
    choose.clear();
    setTurn((before) => before + 1);
  });
  const typed = parseServiceAddress(text);
  const isAddressShownWrong =
    typed.problem !== null && (isLeft || text.trim().length > 0) && (isLeft || text.includes('://'));
  const failure = choose.error instanceof CallError ? choose.error : probe.kind === 'failed' ? probe.error : null;
  const message = isAddressShownWrong
    ? address[typed.reason](typed.origin)
    : failure === null
      ? undefined
      : describeFailure(failure);
  return (
    <StepFrame
      title={words.title}
      intro={words.intro}
      onBack={onBack}
      next={{
        label: choose.isRunning ? words.connecting : next,
        isDisabled: choose.isRunning || typed.problem !== null,
        run: () => void choose.run(),
      }}
    >
      <Field
        label={words.label}
        required
        hint={words.hint}
        {...(message === undefined ? {} : { validationState: 'error' as const, validationMessage: message })}
      >
        <Input
          size="large"
          type="url"
          value={text}
          onChange={(_event, { value }) => {
            typing.change(value);
            choose.clear();
          }}
          onBlur={() => setLeft(text.trim() !== '')}
        />
      </Field>
      {trust.error === null ? null : <ProblemBar title={words.notTrusted} error={trust.error} />}
      <div className={styles['helps']}>
        <Link as="button" type="button" onClick={() => setProxyOpen(true)}>
          {openProxy}
        </Link>
        {failure?.code === 'SERVICE_CERTIFICATE' && !isAddressShownWrong ? (
          <Link as="button" type="button" onClick={() => void trust.run()}>
            {words.trustAuthority}
          </Link>
        ) : null}
      </div>
      {isProxyOpen ? (
        <ProxyDialog
          onClose={() => {
            setProxyOpen(false);
            setTurn(turn + 1);
          }}
        />
      ) : null}
      <div className={styles['found']} role="status">
        {probe.kind === 'asking' ? <Spinner size="tiny" label={words.asking} /> : null}
        {probe.kind === 'found' ? (
          <>
            <StatusMark status="ok" />
            <span>
              <strong>{probe.service.displayName}</strong>, {words.version(probe.service.version)}
            </span>
          </>
        ) : null}
      </div>
    </StepFrame>
  );
}

function describeFailure(error: CallError): string {
  return error.remedy === null ? error.message : `${error.message} ${error.remedy}`;
}

/** Asks the address who it is once the typing pauses, and again with each `turn`. Answers to what was typed before are dropped. */
function useProbe(text: string, turn: number): Probe {
  const [asked, setAsked] = useState<{ readonly text: string; readonly probe: Probe }>({ text, probe: NOT_ASKED });
  useEffect(() => {
    let isCurrent = true;
    if (parseServiceAddress(text).problem !== null) return undefined;
    const timer = setTimeout(() => {
      setAsked({ text, probe: { kind: 'asking' } });
      call('probeService', { url: text }).then(
        (service) => isCurrent && setAsked({ text, probe: { kind: 'found', service } }),
        (error: unknown) => {
          if (isCurrent && error instanceof CallError) setAsked({ text, probe: { kind: 'failed', error } });
        },
      );
    }, TYPING_PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text, turn]);
  return asked.text === text ? asked.probe : NOT_ASKED;
}
