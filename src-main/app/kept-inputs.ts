import type { KeptForm } from '../../src-shared/ipc/kept-forms.ts';

/**
 * What was typed in the window's forms and is not saved yet, by the name of the form. In memory alone: it outlives the window's process,
 * and never reaches the disk, for a form may hold secrets.
 */
export class KeptInputs {
  readonly #texts = new Map<KeptForm, string>();

  get all(): Readonly<Partial<Record<KeptForm, string>>> {
    return Object.fromEntries(this.#texts);
  }

  /** @param text null where it was saved or given up */
  keep(form: KeptForm, text: string | null): void {
    if (text === null) this.#texts.delete(form);
    else this.#texts.set(form, text);
  }
}
