import { type ErrorCode, errorDefinition } from '../../src-shared/errors/registry.ts';
import { CATALOGUES } from '../../src-shared/text/catalogue.ts';
import type { Language } from '../../src-shared/text/language.ts';

/** What to do next about an error, one sentence; null where its message says it. */
export function remedyFor(code: ErrorCode, language: Language): string | null {
  const remedies: Partial<Record<ErrorCode, string>> = CATALOGUES[language].remedies;
  return remedies[code] ?? null;
}

/** What an error is, in general. Those that the window seldom shows are in the registry's English alone. */
export function summaryOf(code: ErrorCode, language: Language): string {
  const summaries: Partial<Record<ErrorCode, string>> = CATALOGUES[language].problems.summary;
  return summaries[code] ?? errorDefinition(code).summary;
}
