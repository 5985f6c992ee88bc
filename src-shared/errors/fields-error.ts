import { PosternError } from './postern-error.ts';
import { type Reason, sayReason } from './reasons.ts';
import type { ErrorCode } from './registry.ts';

/** One field at fault. */
export interface FieldProblem {
  readonly target: string;
  readonly message: string;
  /** Where it is another one than `API_INVALID`. */
  readonly code?: ErrorCode | undefined;
  /** What the message says, in a form that another language can say, too. */
  readonly reason?: Reason | undefined;
}

/** A field at fault for a reason, which says it. */
export function fieldProblem(target: string, reason: Reason): FieldProblem {
  return { target, message: sayReason(reason), reason };
}

/** A refusal that names every field at fault at once, so that a caller mends them in one go. */
export class FieldsError extends PosternError {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    const [first, ...rest] = problems;
    const more = rest.length === 0 ? '' : ` (and ${rest.length} more: see details)`;
    super('API_INVALID', { message: `${first?.target}: ${first?.message}${more}`, target: first?.target });
    this.problems = problems;
  }
}
