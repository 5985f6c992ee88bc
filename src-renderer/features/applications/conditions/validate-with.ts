import type { Validation } from '../setting-fields.tsx';

/** A problem as Fluent's fields show it. */
export function validateWith(problem: string | undefined): Validation {
  return problem === undefined ? { validationState: 'none' } : { validationState: 'error', validationMessage: problem };
}
