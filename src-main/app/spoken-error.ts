import { PosternError, type PosternErrorOptions } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { type Catalogue, CATALOGUES } from '../../src-shared/text/catalogue.ts';

type Speak = (text: Catalogue['problems']) => string;

/** An error of the app's own that is told in the person's language. Its `message` is the English one, for logs. */
export class SpokenError extends PosternError {
  /** What it says in the language whose texts are given. */
  readonly speak: Speak;

  constructor(code: ErrorCode, speak: Speak, options: Omit<PosternErrorOptions, 'message'> = {}) {
    super(code, { ...options, message: speak(CATALOGUES.en.problems) });
    this.speak = speak;
  }
}
