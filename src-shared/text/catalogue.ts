import { DE } from './de/de.ts';
import { EN } from './en/en.ts';
import type { Language } from './language.ts';

/** Every text of the desktop app in one language, by part of the app. English gives the shape; a language that lacks a text doesn't compile. */
export type Catalogue = typeof EN;

export const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en: EN, de: DE };
