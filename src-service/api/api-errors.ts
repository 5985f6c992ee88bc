import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type FieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Reason } from '../../src-shared/errors/reasons.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** The body of an error, as Graph shapes it. */
export interface ApiErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly target?: string;
    readonly reason?: Reason;
    readonly details?: readonly {
      readonly code: ErrorCode;
      readonly message: string;
      readonly target: string;
      readonly reason?: Reason;
    }[];
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
    const { code, target = 'body', message, reason } = thrown;
    return [{ target, message, ...(code !== 'API_INVALID' && { code }), ...(reason !== undefined && { reason }) }];
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
      ...(error.reason !== undefined && { reason: error.reason }),
      ...(problems.length > 0 && { details: problems.map((problem) => detailOf(problem, error.code)) }),
      innerError: { activityId, date: new Date(nowMs).toISOString() },
    },
  };
}

function detailOf(
  { target, message, code, reason }: FieldProblem,
  usual: ErrorCode,
): NonNullable<ApiErrorBody['error']['details']>[number] {
  return { code: code ?? usual, message, target, ...(reason !== undefined && { reason }) };
}

/** `/onPremisesPublishing/externalUrl` as `onPremisesPublishing.externalUrl`. */
function pathText(instancePath: string): string {
  return instancePath.split('/').filter(Boolean).join('.');
}
