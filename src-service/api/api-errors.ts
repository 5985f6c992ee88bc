import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** One field at fault. */
export interface FieldProblem {
  readonly target: string;
  readonly message: string;
  /** Where it is another one than `API_INVALID`. */
  readonly code?: ErrorCode;
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

/** The body of an error, as Graph shapes it. */
export interface ApiErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly target?: string;
    readonly details?: readonly { readonly code: ErrorCode; readonly message: string; readonly target: string }[];
    readonly innerError: { readonly activityId: string; readonly date: string };
  };
}

/** Any error as one of the registry; what nobody foresaw becomes `EDGE_INTERNAL` and tells the caller nothing. */
export function toApiError(thrown: unknown): PosternError {
  if (thrown instanceof PosternError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) return new FieldsError(problemsOf(thrown));
  const { statusCode, message } = thrown as Partial<FastifyError>;
  if (statusCode === 429) return new PosternError('API_RATE_LIMITED', { message: message ?? '', cause: thrown });
  if (statusCode === 413) return new PosternError('API_BODY_TOO_LARGE', { cause: thrown });
  if (statusCode === 415) {
    const media = 'The body must be JSON, with Content-Type: application/json.';
    return new PosternError('API_MEDIA_TYPE', { message: media, cause: thrown, target: 'Content-Type' });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new PosternError('API_INVALID', { message: `The request can't be read: ${message}`, cause: thrown });
  }
  return new PosternError('EDGE_INTERNAL', { cause: thrown });
}

/** Each field that an error names, and what is wrong with it. */
export function problemsOf(thrown: unknown): readonly FieldProblem[] {
  if (thrown instanceof FieldsError) return thrown.problems;
  if (thrown instanceof PosternError) {
    const { code, target = 'body', message } = thrown;
    return [{ target, message, ...(code !== 'API_INVALID' && { code }) }];
  }
  if (!hasZodFastifySchemaValidationErrors(thrown)) return [];
  const whole = thrown.validationContext === 'querystring' ? 'query' : (thrown.validationContext ?? 'body');
  return thrown.validation.map((issue) => ({
    target: pathText(issue.instancePath) || whole,
    message: issue.message ?? 'is not allowed',
  }));
}

export function apiErrorBody(error: PosternError, activityId: string, nowMs: number): ApiErrorBody {
  const problems = error instanceof FieldsError ? error.problems : [];
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.target !== undefined && { target: error.target }),
      ...(problems.length > 0 && { details: problems.map((problem) => ({ code: error.code, ...problem })) }),
      innerError: { activityId, date: new Date(nowMs).toISOString() },
    },
  };
}

/** `/onPremisesPublishing/externalUrl` as `onPremisesPublishing.externalUrl`. */
function pathText(instancePath: string): string {
  return instancePath.split('/').filter(Boolean).join('.');
}
