import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type FieldProblem, FieldsError, problemsOf } from './api-errors.ts';

/** Gathers what several checks find, so that a caller is told everything at once. */
export class ProblemList {
  readonly #problems: FieldProblem[] = [];

  /** What the check gives; null where it finds something wrong. What is no fault of a field is thrown on. */
  async attempt<Result>(check: () => Result | Promise<Result>): Promise<Result | null> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'API_INVALID') throw error;
      this.#problems.push(...problemsOf(error));
      return null;
    }
  }

  /** @throws FieldsError where something is wrong */
  throwAny(): void {
    if (this.#problems.length > 0) throw new FieldsError(this.#problems);
  }
}
