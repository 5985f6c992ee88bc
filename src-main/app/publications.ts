import type { CallArguments } from '../../src-shared/ipc/contract.ts';
import type { Application } from '../../src-shared/publishing/application.ts';
import type { PublishingApi } from '../account/publishing-api.ts';
import { UndoableCreation, type UndoableCreationOptions } from './undoable-creation.ts';

type Publication = Pick<CallArguments<'createApplication'>, 'application' | 'people'>;
export type Publications = UndoableCreation<Publication, Application>;

/** Publishes applications and lets people in. One that failed on a person is gone on with, whoever is to be let in by then. */
export function makePublications(
  publishing: () => PublishingApi,
  around: Pick<UndoableCreationOptions<Publication, Application>, 'owner' | 'onTakenBack' | 'now'>,
): Publications {
  let unfinishedId: string | null = null;
  return new UndoableCreation<Publication, Application>({
    make: async ({ application }, key) => publishing().createApplication(application, key),
    sent: ({ application }) => application,
    finish: async ({ id }, { people }, signal) => {
      // Whom the attempt before let in may not be wanted any more.
      if (unfinishedId === id) await publishing().unassignOthers(id, people);
      unfinishedId = id;
      await publishing().assignPeople(id, people, signal);
      unfinishedId = null;
    },
    idOf: ({ id }) => id,
    nameOf: ({ application }) => application.displayName,
    undo: async (id) => publishing().deleteApplication(id),
    ...around,
  });
}
