import type { z } from 'zod';
import { findConfigurationProblems } from '../../../src-shared/configuration/configuration-issues.ts';
import { ownReasonOf } from '../../../src-shared/errors/refused-for.ts';
import { sayReason } from '../../../src-shared/errors/reasons.ts';
import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';
import type { Language } from '../../../src-shared/text/language.ts';

export interface SchemaProblem {
  readonly path: readonly PropertyKey[];
  readonly code: string | undefined;
  /** What must be there instead, in the person's language. */
  readonly message: string;
}

/** What a schema refuses, in the words that the service has for it, too. */
export function findSchemaProblems(schema: z.ZodType, data: unknown, language: Language): SchemaProblem[] {
  const { reasons } = CATALOGUES[language];
  const issues = schema.safeParse(data).error?.issues ?? [];
  return issues.flatMap((issue) => {
    const own = ownReasonOf(issue);
    if (own !== undefined) return { path: issue.path, code: issue.code, message: sayReason(own, reasons) };
    return findConfigurationProblems([issue], data, schema, { describeMissing: () => '' }).map(
      ({ path, message, reason }) => ({
        path,
        code: issue.code,
        message: reason === undefined ? message : sayReason(reason, reasons),
      }),
    );
  });
}
