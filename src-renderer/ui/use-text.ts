import type { Catalogue } from '../../src-shared/text/catalogue.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { useAppStore } from '../stores/app-store.ts';

/** The texts of one part of the app in the person's language; English until the state of the app has come. */
export function useText<Part extends keyof Catalogue>(part: Part): Catalogue[Part] {
  return CATALOGUES[useLanguage()][part];
}

/** The person's language; English until the state of the app has come. */
export function useLanguage(): Language {
  return useAppStore((store) => store.state?.language ?? 'en');
}
