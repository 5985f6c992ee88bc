import type { Catalogue } from './catalogue.ts';
import { DE } from './de/de.ts';
import { EN } from './en/en.ts';
import type { Language } from './language.ts';

/** The texts of the desktop app, by language. */
export const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en: EN, de: DE };
