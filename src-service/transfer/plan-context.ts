import type { ConfigurationProblem } from '../../src-shared/configuration/configuration-issues.ts';
import type { PublishingRules } from '../api/publishing-rules.ts';
import { type FieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';
import type { KeptObject, ObjectChange } from './configuration-plan.ts';
import type { ReferencePlaces } from './text-references.ts';
import type { TenantState } from './tenant-state.ts';

/** What a plan is made from, and where its parts gather what they find. */
export interface PlanContext {
  readonly state: TenantState;
  readonly rules: PublishingRules;
  readonly isPruning: boolean;
  /** Texts of the file that came from elsewhere, by their path. */
  readonly origins: ReadonlyMap<string, string>;
  readonly places: ReferencePlaces;
  readonly nowMs: number;
  readonly randomId: () => string;
  readonly changes: ObjectChange[];
  readonly kept: KeptObject[];
  readonly problems: ConfigurationProblem[];
  /** Whether a place of the file says nothing, since the schema refuses it. */
  readonly isRefused: (path: readonly PropertyKey[]) => boolean;
}

/** Runs a check of the API, whose refusals become problems of the file at `path`. @returns null where it refused */
export function checked<Result>(
  context: Pick<PlanContext, 'problems'>,
  path: readonly PropertyKey[],
  check: () => Result,
): Result | null {
  try {
    return check();
  } catch (error) {
    noteRefusal(context, path, error);
    return null;
  }
}

/** @throws `error` where it is no refusal of fields */
export function noteRefusal(
  { problems }: Pick<PlanContext, 'problems'>,
  path: readonly PropertyKey[],
  error: unknown,
): void {
  if (!(error instanceof FieldsError)) throw error;
  noteProblems({ problems }, path, error.problems);
}

/** Notes what the API finds wrong with fields of what stands at `path`. */
export function noteProblems(
  { problems }: Pick<PlanContext, 'problems'>,
  path: readonly PropertyKey[],
  found: readonly FieldProblem[],
): void {
  problems.push(...found.map(({ target, message }) => ({ path: [...path, ...stepsOf(target)], message })));
}

/** `a.0.b` as the steps of a path. */
export function stepsOf(target: string): PropertyKey[] {
  return target.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
