import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ChangeTried } from '../store/unit-of-work.ts';
import { type FieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';
import { problemsOf } from './api-errors.ts';

/** Gathers what the schema and several checks find wrong with a body, so that a caller is told everything at once. */
export class ProblemList {
  readonly #found: FieldProblem[];
  readonly #refused: readonly string[];

  /** @param refused the fields that the schema refuses: what stands there is not what the caller said */
  constructor(found: readonly FieldProblem[] = [], refused: readonly string[] = []) {
    this.#found = [...found];
    this.#refused = refused;
  }

  get found(): readonly FieldProblem[] {
    return this.#found;
  }

  /** Whether nothing can be said of a field, for the schema refuses it or what it is a part of. */
  isRefused(target: string): boolean {
    return this.#refused.some((refused) => target === refused || target.startsWith(`${refused}.`));
  }

  /** What is told already is not told twice, and nothing of a field that the schema refuses. */
  add(problems: readonly FieldProblem[]): void {
    for (const problem of problems) {
      const { target, message } = problem;
      if (this.isRefused(target)) continue;
      if (this.#found.some((each) => each.target === target && each.message === message)) continue;
      this.#found.push(problem);
    }
  }

  /** The same of fields with which nothing is wrong so far: whether somebody else has what can't be is of no interest. */
  addOfOthers(problems: readonly FieldProblem[]): void {
    this.add(problems.filter(({ target }) => this.#found.every((each) => each.target !== target)));
  }

  /** What the check gives; null where it finds something wrong. What is no fault of a field is thrown on. */
  async attempt<Result>(check: () => Result | Promise<Result>): Promise<Result | null> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof ChangeTried) return null;
      if (!(error instanceof PosternError) || !isOfField(error)) throw error;
      this.add(problemsOf(error));
      return null;
    }
  }

  /** @throws FieldsError where something is wrong */
  throwAny(): void {
    if (this.#found.length > 0) throw new FieldsError(this.#found);
  }
}

/** Whether a refusal is about what a body says, rather than about the request or the thing that it is for. */
export function isOfField({ code, target }: PosternError): boolean {
  return code === 'API_INVALID' || (code === 'API_CONFLICT' && target !== undefined);
}
