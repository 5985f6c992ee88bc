import { CallError } from '../../bridge/bridge.ts';
import { addProblem, type DraftProblems } from './application-draft.ts';

/** What the service found wrong, by field; nothing where a part of it belongs to no field of the form. */
export function serviceProblemsOf(error: unknown): DraftProblems {
  if (!(error instanceof CallError)) return {};
  const { target, message } = error;
  const told = error.problems.length > 0 ? error.problems : target === null ? [] : [{ target, message }];
  const problems: DraftProblems = {};
  for (const problem of told) {
    if (!addProblem(problems, problem.target, problem.message)) return {};
  }
  return problems;
}
