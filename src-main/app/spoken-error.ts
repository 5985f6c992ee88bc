import { FieldsError } from '../../src-shared/errors/fields-error.ts';
import { PosternError, type PosternErrorOptions } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { Catalogue } from '../../src-shared/text/catalogue.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { fieldName } from '../../src-shared/text/field-name.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { sayError } from '../../src-shared/text/say-error.ts';

type Speak = (text: Catalogue['problems'], language: Language) => string;

/** An error of the app's own that is told in the person's language. Its `message` is the English one, for logs. */
export class SpokenError extends PosternError {
  readonly #speak: Speak;

  constructor(code: ErrorCode, speak: Speak, options: Omit<PosternErrorOptions, 'message'> = {}) {
    super(code, { ...options, message: speak(CATALOGUES.en.problems, 'en') });
    this.#speak = speak;
  }

  speak(language: Language): string {
    return this.#speak(CATALOGUES[language].problems, language);
  }
}

/** An error in the person's language, whoever found it. Of fields it names each, as the forms call them. */
export function tellError(error: PosternError, language: Language): string {
  if (error instanceof SpokenError) return error.speak(language);
  if (!(error instanceof FieldsError)) return sayError(error, language);
  return tellFields(error, language)
    .map(({ target, message }) => {
      const name = fieldName(target, language);
      return name === null ? message : `${name}: ${message}`;
    })
    .join(' ');
}

/** What is wrong with each field, in the person's language. */
export function tellFields({ problems }: FieldsError, language: Language): { target: string; message: string }[] {
  return problems.map(({ target, message, code = 'API_INVALID', reason }) => ({
    target,
    message: sayError({ code, message, reason }, language),
  }));
}
