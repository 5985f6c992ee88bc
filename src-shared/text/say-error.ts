import type { ConnectorProblem } from '../connector/engine-state.ts';
import { type Reason, sayReason } from '../errors/reasons.ts';
import { type ErrorCode, isErrorCode } from '../errors/registry.ts';
import { CATALOGUES } from './catalogues.ts';
import type { Language } from './language.ts';

/** An error as the service or the engine tells it: its message is English. */
interface ToldError {
  readonly code: ErrorCode;
  readonly message: string;
  /** What the message says, where that can be said in another language. */
  readonly reason?: Reason | undefined;
}

/** What an error is, in general. */
export function summaryOf(code: ErrorCode, language: Language): string {
  return CATALOGUES[language].errorSummaries[code];
}

/** What to do next about an error, one sentence; null where its message says it. */
export function remedyFor(code: ErrorCode, language: Language): string | null {
  const remedies: Partial<Record<ErrorCode, string>> = CATALOGUES[language].remedies;
  return remedies[code] ?? null;
}

/**
 * An error in the person's language: by its reason; where it has none, what it is in general, by its code, and behind that what its
 * English message says beyond it.
 */
export function sayError({ code, message, reason }: ToldError, language: Language): string {
  if (language === 'en') return message;
  if (reason !== undefined) return sayReason(reason, CATALOGUES[language].reasons);
  const summary = summaryOf(code, language);
  const said = message.trim();
  if (said === '' || said === summaryOf(code, 'en')) return summary;
  return `${summary} (${said.replace(/\.$/, '')})`;
}

/** The cause of a failure; null where nothing is known. @param code of another version it may be an unknown one */
export function sayCause(code: string | null, cause: string | null, language: Language): string | null {
  if (!isErrorCode(code)) return cause;
  return cause === null ? null : sayError({ code, message: cause }, language);
}

/** The same in one sentence, for lists and notifications: in another language than the cause's what it is in general. */
export function sayCauseInShort(code: string | null, cause: string | null, language: Language): string | null {
  return language === 'en' || !isErrorCode(code) || cause === null ? cause : summaryOf(code, language);
}

/** A trouble of the engine, and the way out. An English message without a reason is one of the tunnel's protocol, for the log. */
export function sayProblem(
  problem: ConnectorProblem,
  language: Language,
): { readonly message: string; readonly remedy: string } {
  const { code, message, reason, remedy } = problem;
  // The engine runs without a window, too, and so has remedies of its own.
  if (language === 'en') return { message, remedy };
  const said = reason === undefined ? summaryOf(code, language) : sayReason(reason, CATALOGUES[language].reasons);
  return { message: said, remedy: remedyFor(code, language) ?? CATALOGUES[language].problems.triesAgain };
}
