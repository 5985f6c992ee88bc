import type { ErrorDefinition } from './error-definition.ts';
import { type Reason, sayReason } from './reasons.ts';
import { type ErrorCode, errorDefinition } from './registry.ts';

/** What a `PosternError` may carry beside its code. */
export interface PosternErrorOptions {
  /** The plain sentence to show instead of the registry's summary: names the thing and, where there is one, the way out. */
  readonly message?: string | undefined;
  /** What the message says, so that another language can say it, too; the message itself where that is absent. */
  readonly reason?: Reason | undefined;
  /** The error below this one; kept for logs, never shown to a user. */
  readonly cause?: unknown;
  /** The request field at fault, as the caller spelled it (`onPremisesPublishing.externalUrl`). */
  readonly target?: string | undefined;
}

/** An error of the registry. `code` tells what happened; `message` says it to a person. */
export class PosternError extends Error {
  readonly code: ErrorCode;
  readonly target: string | undefined;
  readonly reason: Reason | undefined;

  constructor(code: ErrorCode, options: PosternErrorOptions = {}) {
    super(
      options.message ?? (options.reason === undefined ? errorDefinition(code).summary : sayReason(options.reason)),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'PosternError';
    this.code = code;
    this.target = options.target;
    this.reason = options.reason;
  }

  get definition(): ErrorDefinition {
    return errorDefinition(this.code);
  }
}

/** The error as a `PosternError`: itself if it is one, else wrapped as `fallback` with the original as its cause. */
export function asPosternError(error: unknown, fallback: ErrorCode): PosternError {
  return error instanceof PosternError ? error : new PosternError(fallback, { cause: error });
}
