import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { call, CallError } from '../../bridge/bridge.ts';
import { type ApplicationDraft, draftOf, patchOf } from './application-draft.ts';
import { findOverlap, rebase } from './concurrent-edit.ts';

const ATTEMPTS = 3;

/** Somebody else has changed what the form changes, too. Nothing was saved. */
export class ChangedMeanwhile extends Error {
  /** The application as it is now. */
  readonly theirs: ApplicationDraft;
  /** What both changed, as the API spells it. */
  readonly fields: readonly string[];

  constructor(theirs: ApplicationDraft, fields: readonly string[]) {
    super('The application was changed meanwhile.');
    this.name = 'ChangedMeanwhile';
    this.theirs = theirs;
    this.fields = fields;
  }
}

/**
 * Saves what a form changes about an application, and leaves alone what somebody else has changed since.
 * @param base what the form began with
 * @throws ChangedMeanwhile where both changed the same; `CallError`
 */
export async function saveChanges(
  id: string,
  base: ApplicationDraft,
  draft: ApplicationDraft,
  service: ServiceSummary,
): Promise<Application> {
  for (let attempt = 1; ; attempt += 1) {
    const current = await call('readApplication', { id });
    const theirs = draftOf(current, service);
    const fields = findOverlap(draft, base, theirs, service);
    if (fields.length > 0) throw new ChangedMeanwhile(theirs, fields);
    const patch = patchOf(theirs, rebase(draft, base, theirs, service), service);
    try {
      return await call('updateApplication', { id, patch, ifMatch: current['@odata.etag'] });
    } catch (error) {
      const isOvertaken = error instanceof CallError && error.code === 'API_PRECONDITION_FAILED';
      if (!isOvertaken || attempt === ATTEMPTS) throw error;
    }
  }
}
