import germanMessages from 'zod/v4/locales/de.js';
import type { Language } from '../../../src-shared/text/language.ts';

const GERMAN = germanMessages();

/** How a schema is to parse, so that it says what is wrong in a person's language. What it says in words of its own stays English. */
export function schemaWords(language: Language): { readonly error?: typeof GERMAN.localeError } {
  return language === 'de' ? { error: GERMAN.localeError } : {};
}
