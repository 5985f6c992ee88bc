import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { FieldsError } from '../../src-shared/errors/fields-error.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { callChannel } from '../../src-shared/ipc/channels.ts';
import {
  CALLS,
  type CallArguments,
  type CallName,
  type CallResult,
  type Envelope,
  type IpcError,
} from '../../src-shared/ipc/contract.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { remedyFor } from '../../src-shared/text/say-error.ts';
import { tellError, tellFields } from '../app/spoken-error.ts';

/** One function per call of the contract. What it throws reaches the window as the envelope's error. */
export type Handlers = {
  readonly [Name in CallName]: (argument: CallArguments<Name>) => Promise<CallResult<Name>> | CallResult<Name>;
};

export interface ServeOptions {
  readonly ipcMain: IpcMain;
  readonly handlers: Handlers;
  /** The window's contents, or null while there is none: calls from anything else are refused. */
  readonly trustedContents: () => WebContents | null;
  readonly trustedOrigin: string;
  /** In which errors are told. */
  readonly language: () => Language;
  /** Told of errors that nobody foresaw. */
  readonly onUnexpected: (name: CallName, error: unknown) => void;
}

/**
 * Serves every call of the contract. A call is refused unless it comes from the main frame of our window at our own
 * origin; its arguments are parsed, and the parsed value alone goes on.
 */
export function serveCalls(options: ServeOptions): void {
  for (const name of Object.keys(CALLS) as CallName[]) {
    options.ipcMain.handle(callChannel(name), async (event, argument: unknown) =>
      answer(options, name, event, argument),
    );
  }
}

async function answer(
  options: ServeOptions,
  name: CallName,
  event: IpcMainInvokeEvent,
  argument: unknown,
): Promise<Envelope<unknown>> {
  try {
    checkSender(options, event);
    const { arguments: argumentSchema, result: resultSchema } = CALLS[name];
    const parsed = argumentSchema.safeParse(argument);
    if (!parsed.success) {
      const path = parsed.error.issues[0]?.path.join('.') ?? '';
      throw new PosternError('API_INVALID', {
        message: `Bad argument of ${name}: ${parsed.error.issues[0]?.message}`,
        target: path,
      });
    }
    const handler = options.handlers[name] as (argument: unknown) => unknown;
    return { ok: true, value: resultSchema.parse(await handler(parsed.data)) };
  } catch (error) {
    if (!(error instanceof PosternError)) options.onUnexpected(name, error);
    return { ok: false, error: describe(error, options.language()) };
  }
}

function checkSender(options: ServeOptions, event: IpcMainInvokeEvent): void {
  const frame = event.senderFrame;
  const trusted = options.trustedContents();
  const isTrusted =
    frame !== null &&
    trusted !== null &&
    event.sender === trusted &&
    frame === trusted.mainFrame &&
    frame.origin === options.trustedOrigin;
  if (!isTrusted) throw new PosternError('API_FORBIDDEN', { message: 'This frame may not call the app.' });
}

function describe(error: unknown, language: Language): IpcError {
  const { problems } = CATALOGUES[language];
  if (!(error instanceof PosternError)) {
    const text = error instanceof Error ? error.message : String(error);
    return {
      code: 'STREAM_INTERNAL',
      message: problems.unexpected(text),
      remedy: problems.unexpectedRemedy,
      target: null,
      problems: [],
    };
  }
  return {
    code: error.code,
    message: tellError(error, language),
    remedy: remedyFor(error.code, language),
    target: error.target ?? null,
    problems: error instanceof FieldsError ? tellFields(error, language) : [],
  };
}
