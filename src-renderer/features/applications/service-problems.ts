import { CallError } from '../../bridge/bridge.ts';
import { type DraftProblems, fieldOfTarget } from './application-draft.ts';

/** What the service found wrong, by field; nothing where a part of it belongs to no field of the form. */
export function serviceProblemsOf(error: unknown): DraftProblems {
  if (!(error instanceof CallError)) return {};
  const { target, message } = error;
  const told = error.problems.length > 0 ? error.problems : target === null ? [] : [{ target, message }];
  const problems: DraftProblems = {};
  for (const problem of told) {
    const field = fieldOfTarget(problem.target);
    if (field === null) return {};
    const inner = problem.target.split('.').slice(problem.target.startsWith('onPremisesPublishing.') ? 2 : 1);
    const said = inner.length === 0 ? problem.message : `${inner.join('.')}: ${problem.message}`;
    problems[field] = problems[field] === undefined ? said : `${problems[field]} ${said}`;
  }
  return problems;
}
