import type { Application } from '../../../src-shared/publishing/application.ts';

let underWay: Promise<Application> | null = null;

/** Whether the form that is open is on its way to the service, be it from a drawer that another page has closed since. */
export function isSaving(): boolean {
  return underWay !== null;
}

/** Saves the form once: who asks again while that runs waits for the same. */
export async function saveOnce(save: () => Promise<Application>): Promise<Application> {
  underWay ??= save().finally(() => {
    underWay = null;
  });
  return underWay;
}
