import type { Application } from '../../../src-shared/publishing/application.ts';

let underWay: { readonly formId: string; readonly saved: Promise<Application> } | null = null;

/** Whether this form is on its way to the service, be it from a drawer that another page has closed since. */
export function isSaving(formId: string): boolean {
  return underWay?.formId === formId;
}

/** Saves a form once: who asks again while that runs waits for the same. */
export async function saveOnce(formId: string, save: () => Promise<Application>): Promise<Application> {
  if (underWay?.formId === formId) return underWay.saved;
  const saved = save().finally(() => {
    if (underWay?.saved === saved) underWay = null;
  });
  underWay = { formId, saved };
  return saved;
}
