import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** A sign-in that ended in an error, and where it can be begun again with its application and return target. */
export class SignInFailure extends PosternError {
  /** On the service's own host. */
  readonly retryUrl: string;

  constructor({ code, message, cause }: PosternError, retryUrl: string) {
    super(code, { message, cause });
    this.retryUrl = retryUrl;
  }
}
