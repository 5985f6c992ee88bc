import type { EN } from './en/en.ts';

/** Every text of the desktop app in one language, by part of the app. English gives the shape; a language that lacks a text doesn't compile. */
export type Catalogue = typeof EN;
