import { z } from 'zod';

/** The languages that the desktop app speaks. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a person chooses: a language, or that of the operating system. */
export const LANGUAGE_CHOICES = ['system', ...LANGUAGES] as const;
export const languageChoiceSchema = z.enum(LANGUAGE_CHOICES);
export type LanguageChoice = z.infer<typeof languageChoiceSchema>;

/** BCP 47 locale in which numbers and times are written. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** The language to speak, from the choice and the locale of the operating system (BCP 47). English where that is none of ours. */
export function resolveLanguage(choice: LanguageChoice, systemLocale: string): Language {
  if (choice !== 'system') return choice;
  const primary = systemLocale.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}
