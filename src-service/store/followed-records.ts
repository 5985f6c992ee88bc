import type { Kysely, Selectable } from 'kysely';
import type { AppRoleAssignment } from '../../src-shared/publishing/app-roles.ts';
import type { Application } from '../../src-shared/publishing/application.ts';
import { applicationOf } from './application-records.ts';
import { assignmentOf } from './assignment-records.ts';
import { KeptRows } from './kept-rows.ts';
import type { DatabaseSchema } from './schema.ts';
import type { StoreChange } from './unit-of-work.ts';

/**
 * The applications and assignments as the service keeps them in memory: after each change, of this node or another one, what
 * has changed is read, and nothing else.
 */
export class FollowedRecords {
  readonly applications: Pick<KeptRows<never, Application>, 'list'>;
  readonly assignments: Pick<KeptRows<never, AppRoleAssignment>, 'list'>;
  readonly #applications: KeptRows<Selectable<DatabaseSchema['applications']>, Application>;
  readonly #assignments: KeptRows<Selectable<DatabaseSchema['app_role_assignments']>, AppRoleAssignment>;

  constructor(db: Kysely<DatabaseSchema>) {
    const applications = db.selectFrom('applications').selectAll();
    const assignments = db.selectFrom('app_role_assignments').selectAll();
    this.#applications = new KeptRows({
      parse: applicationOf,
      readAll: () => applications.execute(),
      readSome: (ids) => applications.where('id', 'in', ids).execute(),
    });
    this.#assignments = new KeptRows({
      parse: assignmentOf,
      readAll: () => assignments.execute(),
      readSome: (ids) => assignments.where('id', 'in', ids).execute(),
    });
    this.applications = this.#applications;
    this.assignments = this.#assignments;
  }

  /** An application from its row: the very object of `applications` where that is of the same row. */
  applicationOf(row: Selectable<DatabaseSchema['applications']>): Application {
    return this.#applications.valueOf(row);
  }

  /** Takes the news of a change, before all who read because of it. */
  note({ kind, id }: StoreChange): void {
    if (kind === 'assignment') this.#assignments.note(id);
    if (kind !== 'application') return;
    this.#applications.note(id);
    // With an application its assignments go, of which there is no word.
    this.#assignments.noteKnown((row) => row.application_id === id);
  }
}
