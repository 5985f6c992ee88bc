import { type Catalogue, CATALOGUES } from '../../src-shared/text/catalogue.ts';
import { useAppStore } from '../stores/app-store.ts';

/** The texts of one part of the app in the person's language; English until the state of the app has come. */
export function useText<Part extends keyof Catalogue>(part: Part): Catalogue[Part] {
  return CATALOGUES[useAppStore((store) => store.state?.language ?? 'en')][part];
}
