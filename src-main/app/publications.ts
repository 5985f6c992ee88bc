import { FieldsError } from '../../src-shared/errors/fields-error.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { CallArguments } from '../../src-shared/ipc/contract.ts';
import type { Application, ApplicationCreate } from '../../src-shared/publishing/application.ts';
import type { PublishingApi } from '../account/publishing-api.ts';
import { UndoableCreation, type UndoableCreationOptions } from './undoable-creation.ts';

type Publication = Pick<CallArguments<'createApplication'>, 'application' | 'people' | 'attemptId'>;
export type Publications = UndoableCreation<Publication, Application>;

/** How long ago an application may have been published to be the one whose answer was lost, as the window or the app died. */
const OWN_WITHIN_MS = 10 * 60_000;
/** More than anybody publishes in that time. */
const MAX_ATTEMPTS = 1000;

/** Publishes applications and lets people in. One that failed on a person is gone on with, whoever is to be let in by then. */
export function makePublications(
  publishing: () => PublishingApi,
  around: Pick<UndoableCreationOptions<Publication, Application>, 'owner' | 'onTakenBack' | 'now'>,
): Publications {
  let unfinishedId: string | null = null;
  /** By which attempt each of the last was made of which this process heard. */
  const attempts = new Map<string, string | undefined>();
  return new UndoableCreation<Publication, Application>({
    make: async ({ application, attemptId }, key) => {
      try {
        const made = await publishing().createApplication(application, key);
        attempts.set(made.id, attemptId);
        const [first] = attempts.keys();
        if (attempts.size > MAX_ATTEMPTS && first !== undefined) attempts.delete(first);
        return made;
      } catch (error) {
        const own = await findOwn(publishing(), application, error, around.now());
        // A person who asks a second time, and was answered before, is told.
        if (own === null || (attempts.has(own.id) && attempts.get(own.id) !== attemptId)) throw error;
        return own;
      }
    },
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

/**
 * The application that has the external URL already, where that is what was asked for, in every setting, published just now. Whoever
 * asked then never heard of it. Null where it is another one.
 */
async function findOwn(
  publishing: PublishingApi,
  wanted: ApplicationCreate,
  refusal: unknown,
  nowMs: number,
): Promise<Application | null> {
  if (!(refusal instanceof PosternError)) return null;
  const [reason, ...others] =
    refusal instanceof FieldsError ? refusal.problems.map((each) => each.reason) : [refusal.reason];
  if (reason?.key !== 'externalUrlTaken' || others.length > 0) return null;
  const found = await publishing.readApplication(String(reason.parameters['id'])).catch(() => null);
  if (found === null || Math.abs(nowMs - Date.parse(found.createdDateTime)) > OWN_WITHIN_MS) return null;
  return holds(found, wanted) ? found : null;
}

/** Whether all that is wanted is in what was found, which may have more. */
function holds(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return (found ?? null) === (wanted ?? null);
  if (typeof found !== 'object' || found === null) return false;
  if (Array.isArray(wanted) && (!Array.isArray(found) || found.length !== wanted.length)) return false;
  return Object.entries(wanted).every(([key, value]) => holds(Reflect.get(found, key), value));
}
