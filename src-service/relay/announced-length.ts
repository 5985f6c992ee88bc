import { pairFields } from './field-lists.ts';

const MIN_STATUS = 200;
const MAX_STATUS = 999;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const LENGTH = /^\d{1,15}$/;

/**
 * How long the body of a response is by its own head. A connector that says another length than it sends, as one that was taken
 * over may, would have the rest read as the next response, which is perhaps another user's: in front of the service may stand
 * what shares a connection among many.
 */
export class AnnouncedLength {
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
    for (const [name, value] of pairFields(headers)) {
      if (name.toLowerCase() !== 'content-length') continue;
      if (length !== null || !LENGTH.test(value)) throw new TypeError('The length of a response is not one number.');
      length = Number(value);
    }
    const hasBody = !isHead && status !== NO_CONTENT && status !== NOT_MODIFIED;
    if (hasBody) this.#leftBytes = length;
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
