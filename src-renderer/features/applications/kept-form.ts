import type { Application } from '../../../src-shared/publishing/application.ts';
import type { ApplicationDraft } from './application-draft.ts';

const KEPT_UNDER = 'application-form';
/** A form with pasted certificates is larger than this only by mistake. */
export const MAX_KEPT_CHARACTERS = 262_144;

/** What the form of an application was opened for. */
export type FormTask =
  | { readonly kind: 'publish' }
  | { readonly kind: 'edit' | 'duplicate'; readonly application: Application };

/** The form that is open, as far as it is filled in. */
export interface KeptForm {
  /** Of the service whose application it is of. */
  readonly serviceUrl: string;
  readonly task: FormTask;
  readonly draft: ApplicationDraft;
}

/**
 * What was in the form when the window's process died, or another page was opened from outside; null where none was open, or of
 * another service. It lives as long as the window, so that it is of this version of the app.
 */
export function readKeptForm(serviceUrl: string | undefined): KeptForm | null {
  const kept = sessionStorage.getItem(KEPT_UNDER);
  const form = kept === null ? null : (JSON.parse(kept) as KeptForm);
  return form?.serviceUrl === serviceUrl ? form : null;
}

export function keepForm(form: KeptForm): void {
  const text = JSON.stringify(form);
  if (text.length <= MAX_KEPT_CHARACTERS) sessionStorage.setItem(KEPT_UNDER, text);
}

/** It was saved or given up. */
export function forgetForm(): void {
  sessionStorage.removeItem(KEPT_UNDER);
}
