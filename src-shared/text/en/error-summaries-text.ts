import { type ErrorCode, ERRORS } from '../../errors/registry.ts';

/** What each error is in general, by its code: in English as the registry has it. */
export const errorSummariesText = Object.fromEntries(
  Object.entries(ERRORS).map(([code, { summary }]) => [code, summary]),
) as Record<ErrorCode, string>;
