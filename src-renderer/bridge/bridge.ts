import type { CallArguments, CallName, CallResult, IpcError, PosternBridge } from '../../src-shared/ipc/contract.ts';

declare global {
  interface Window {
    readonly postern: PosternBridge;
  }
}

/** An error that the main process answered with. `code` tells what happened, `remedy` what to do. */
export class CallError extends Error {
  readonly code: IpcError['code'];
  readonly remedy: string | null;
  readonly target: string | null;
  readonly problems: IpcError['problems'];

  constructor(error: IpcError) {
    super(error.message);
    this.name = 'CallError';
    this.code = error.code;
    this.remedy = error.remedy;
    this.target = error.target;
    this.problems = error.problems;
  }
}

type Argument<Name extends CallName> = CallArguments<Name> extends void ? [] : [CallArguments<Name>];

/** Calls the main process. @throws CallError */
export async function call<Name extends CallName>(name: Name, ...argument: Argument<Name>): Promise<CallResult<Name>> {
  const invoke = window.postern[name] as (argument: unknown) => ReturnType<PosternBridge[Name]>;
  const envelope = await invoke(argument[0]);
  if (!envelope.ok) throw new CallError(envelope.error);
  return envelope.value as CallResult<Name>;
}

/** A call that is taken back when `signal` aborts; it then ends with `ACTION_CANCELLED`. @throws CallError */
export async function callAbortable<Name extends 'enrol' | 'createApplication'>(
  name: Name,
  argument: Omit<CallArguments<Name>, 'attemptId'>,
  signal: AbortSignal,
): Promise<CallResult<Name>> {
  const attemptId = crypto.randomUUID();
  const abort = (): void => void call('abortCall', { attemptId });
  signal.addEventListener('abort', abort, { once: true });
  const invoke = window.postern[name] as (sent: unknown) => ReturnType<PosternBridge[Name]>;
  try {
    const envelope = await invoke({ ...argument, attemptId });
    if (!envelope.ok) throw new CallError(envelope.error);
    return envelope.value as CallResult<Name>;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The events of the main process; each subscription returns the function that ends it. */
export const events: Pick<
  PosternBridge,
  'onAppState' | 'onTraffic' | 'onTrafficExport' | 'onOpenPage' | 'onPathCheckHop' | 'onSelfTestStep'
> = window.postern;
