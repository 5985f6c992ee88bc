import { PosternError } from '../../src-shared/errors/postern-error.ts';

const MIN_STATUS = 200;
const MAX_STATUS = 999;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const LENGTH = /^\d{1,15}$/;
const LENGTH_NAME = 'content-length';

/**
 * How long the body of a response is by its own head. A connector that says another length than it sends, as one that was taken
 * over may, would have the rest read as the next response, which is perhaps another user's: in front of the service may stand
 * what shares a connection among many.
 */
export class AnnouncedLength {
  /** Whether a body may follow. */
  readonly hasBody: boolean;
  /** Octets that may still come; null where the head names no number or no body follows. */
  #leftBytes: number | null = null;

  /**
   * @param headers `name, value…`
   * @param isHead whether HEAD was asked, whose answer has a length and no body
   * @throws TypeError where it is no final response, or its length is not one number
   */
  constructor(status: number, headers: readonly string[], isHead: boolean) {
    if (!(status >= MIN_STATUS && status <= MAX_STATUS)) {
      throw new TypeError(`There is no final response with status ${status}.`);
    }
    let length: number | null = null;
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] as string;
      if (name.length !== LENGTH_NAME.length || name.toLowerCase() !== LENGTH_NAME) continue;
      const value = headers[index + 1] ?? '';
      if (length !== null || !LENGTH.test(value)) throw new TypeError('The length of a response is not one number.');
      length = Number(value);
    }
    this.hasBody = !isHead && status !== NO_CONTENT && status !== NOT_MODIFIED;
    if (this.hasBody) this.#leftBytes = length;
  }

  /** Counts octets of the body. @returns false where they are more than there may be */
  take(bytes: number): boolean {
    if (this.#leftBytes === null) return true;
    this.#leftBytes -= bytes;
    return this.#leftBytes >= 0;
  }

  /** Whether the body may end here. */
  get isMet(): boolean {
    return this.#leftBytes === null || this.#leftBytes === 0;
  }
}

/** Of a body that is not as long as its head says. */
export function ofFalseLength(): PosternError {
  return new PosternError('BACKEND_PROTOCOL', { message: 'The response is not as long as its head says.' });
}
