import { type FieldProblem, fieldProblem } from '../../src-shared/errors/fields-error.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import type { Kysely, Selectable } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import {
  APPLICATION_PRESENTATION_DEFAULTS,
  applicationPresentationSchema,
} from '../../src-shared/publishing/application-presentation.ts';
import {
  type Application,
  ON_PREMISES_PUBLISHING_DEFAULTS,
  type OnPremisesPublishing,
  onPremisesPublishingSchema,
} from '../../src-shared/publishing/application.ts';
import { appRolesSchema } from '../../src-shared/publishing/app-roles.ts';
import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';
import { logoPath } from './application-logo-records.ts';
import { findGroupProblem } from './connector-group-records.ts';
import { ITEM_COLUMN } from './list-filter.ts';
import { EVERYTHING, type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import { isUniqueViolation } from './database/unique-violation.ts';
import type { DatabaseSchema } from './schema.ts';
import type { Change, ChangeContext, ChangeRunner } from './unit-of-work.ts';

/** Fields by which applications can be filtered and ordered. */
export const APPLICATION_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  appId: { column: 'app_id', kind: 'id' },
  displayName: { column: 'display_name', kind: 'text' },
  createdDateTime: { column: 'created_at_ms', kind: 'date' },
  appRoleAssignmentRequired: { column: 'app_role_assignment_required', kind: 'boolean' },
  connectorGroupId: { column: 'connector_group_id', kind: 'id' },
  'onPremisesPublishing/externalUrl': { column: 'external_url', kind: 'text' },
  'onPremisesPublishing/internalUrl': { column: 'internal_url', kind: 'text' },
  'onPremisesPublishing/externalAuthenticationType': {
    column: 'publishing',
    path: '$.externalAuthenticationType',
    kind: 'id',
    isNullable: true,
  },
  description: { column: 'properties', path: '$.description', kind: 'text', isNullable: true },
  tags: {
    kind: 'collection',
    from: { column: 'properties', path: '$.tags' },
    items: { '': { column: ITEM_COLUMN, kind: 'text' } },
  },
  appRoles: {
    kind: 'collection',
    from: { column: 'app_roles', path: '$' },
    items: {
      id: { column: ITEM_COLUMN, path: '$.id', kind: 'id' },
      displayName: { column: ITEM_COLUMN, path: '$.displayName', kind: 'text' },
      value: { column: ITEM_COLUMN, path: '$.value', kind: 'id', isNullable: true },
    },
  },
} as const satisfies ListColumns;

/** What may change of an application. */
export type ApplicationChange = Partial<
  Omit<Application, 'id' | 'appId' | 'createdDateTime' | 'info' | 'onPremisesPublishing'>
> & {
  readonly onPremisesPublishing?: Partial<OnPremisesPublishing>;
};

/** The published applications. An external address belongs to one of them: the database itself sees to that. */
export class ApplicationRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: ChangeRunner;
  readonly #parse: typeof applicationOf;

  /** @param parse makes an application of a row, and may know it already: applications are never changed in place */
  constructor(db: Kysely<DatabaseSchema>, unit: ChangeRunner, parse = applicationOf) {
    this.#db = db;
    this.#unit = unit;
    this.#parse = parse;
  }

  async list(): Promise<Application[]> {
    return (await this.page(EVERYTHING)).items;
  }

  async page(query: ListQuery): Promise<ListPage<Application>> {
    const page = await readPage(this.#db.selectFrom('applications').selectAll(), query, APPLICATION_COLUMNS);
    return { ...page, items: page.items.map(this.#parse) };
  }

  async find(id: string): Promise<Application | null> {
    const row = await this.#db.selectFrom('applications').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : this.#parse(row);
  }

  /**
   * Looks ahead for what `create` and `update` would refuse for the sake of others, and finds all of it. URLs that can't be read
   * are passed over.
   * @param before what it would be changed from
   */
  async findReferenceProblems(application: Application, before?: Application): Promise<FieldProblem[]> {
    const db = this.#db;
    return [
      ...(await findGroupProblem(db, application.connectorGroupId)),
      ...(await findTakenAddresses(db, application, addressesOf(application))),
      ...(before === undefined ? [] : await findRolesInUse(db, before, application)),
    ];
  }

  /** @throws PosternError `API_INVALID` for an external URL that is taken (B1) and for an unknown connector group */
  async create(application: Application, context: ChangeContext): Promise<Application> {
    return this.#unit.run(context, async (change) => {
      refuseAny(await findGroupProblem(change.db, application.connectorGroupId));
      await write(change, application, (row) => change.db.insertInto('applications').values(row).execute());
      await change.audit({ ...target(application.id), action: 'application.create', before: null, after: application });
      change.announce({ kind: 'application', id: application.id });
      return application;
    });
  }

  /**
   * @param check is given what the application would be where its addresses change, and gives it in the form to be stored;
   * what it throws ends the change
   * @throws PosternError `API_NOT_FOUND`, `API_INVALID` for a role that is taken away while somebody has it, and as `create` does
   */
  async update(
    id: string,
    wanted: ApplicationChange,
    context: ChangeContext,
    check: (wanted: Application) => Application = (application) => application,
  ): Promise<Application> {
    return this.#unit.run(context, async (change) => {
      const before = await this.#require(change, id);
      const { onPremisesPublishing, ...rest } = wanted;
      const merged: Application = {
        ...before,
        ...rest,
        onPremisesPublishing: { ...before.onPremisesPublishing, ...onPremisesPublishing },
      };
      const after = onPremisesPublishing === undefined && rest.web === undefined ? merged : check(merged);
      if (after.connectorGroupId !== before.connectorGroupId) {
        refuseAny(await findGroupProblem(change.db, after.connectorGroupId));
      }
      if (wanted.appRoles !== undefined) refuseAny(await findRolesInUse(change.db, before, after));
      await write(change, after, (row) =>
        change.db.updateTable('applications').set(row).where('id', '=', id).execute(),
      );
      await change.audit({ ...target(id), action: 'application.update', before, after });
      change.announce({ kind: 'application', id });
      return after;
    });
  }

  /** Removes the application with its assignments. @throws PosternError `API_NOT_FOUND` */
  async remove(id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const before = await this.#require(change, id);
      await change.db.deleteFrom('applications').where('id', '=', id).execute();
      await change.audit({ ...target(id), action: 'application.delete', before, after: null });
      change.announce({ kind: 'application', id });
    });
  }

  async #require(change: Change, id: string): Promise<Application> {
    const row = await change.db.selectFrom('applications').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined)
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('applicationUnknown', { id }) });
    return applicationOf(row);
  }
}

/** Host and path of an external URL as the router compares them: what two applications must not share. */
export function externalAddress(externalUrl: string): string {
  const url = new URL(externalUrl);
  return url.hostname + decodeOctets(url.pathname);
}

/** The external addresses of an application, each with its URL and the field that it comes from; without what is no URL. */
export function addressesOf({
  onPremisesPublishing,
}: Pick<Application, 'onPremisesPublishing'>): Map<string, { url: string; field: string }> {
  const { externalUrl, segmentsConfiguration } = onPremisesPublishing;
  const fields: [field: string, url: string | null][] = [['externalUrl', externalUrl]];
  for (const [index, segment] of (segmentsConfiguration?.applicationSegments ?? []).entries()) {
    const place = `segmentsConfiguration.applicationSegments.${index}`;
    fields.push([`${place}.externalUrl`, segment.externalUrl], [`${place}.alternateUrl`, segment.alternateUrl]);
  }
  const addresses = new Map<string, { url: string; field: string }>();
  for (const [field, url] of fields) {
    if (url !== null && URL.canParse(url)) addresses.set(externalAddress(url), { url, field });
  }
  return addresses;
}

/** Each of them that another application has. */
async function findTakenAddresses(
  db: Kysely<DatabaseSchema>,
  application: Application,
  addresses: ReturnType<typeof addressesOf>,
): Promise<FieldProblem[]> {
  if (addresses.size === 0) return [];
  const taken = await db
    .selectFrom('application_addresses')
    .innerJoin('applications', 'applications.id', 'application_addresses.application_id')
    .select(['application_addresses.external_address', 'applications.id', 'applications.display_name'])
    .where('application_addresses.external_address', 'in', [...addresses.keys()])
    .where('applications.id', '!=', application.id)
    .execute();
  return taken.map(({ external_address: address, id, display_name: name }) => {
    const { url, field } = addresses.get(address) ?? { url: '', field: 'externalUrl' };
    return fieldProblem(`onPremisesPublishing.${field}`, makeReason('externalUrlTaken', { url, name, id }));
  });
}

async function write(
  change: Change,
  application: Application,
  action: (row: ApplicationRow) => Promise<unknown>,
): Promise<void> {
  const { db } = change;
  const addresses = addressesOf(application);
  refuseAny(await findTakenAddresses(db, application, addresses));
  try {
    await action(toRow(application));
    await db.deleteFrom('application_addresses').where('application_id', '=', application.id).execute();
    const rows = Array.from(addresses.keys(), (address) => ({
      external_address: address,
      application_id: application.id,
    }));
    await db.insertInto('application_addresses').values(rows).execute();
  } catch (error) {
    if (!isUniqueViolation(error, 'external_address')) throw error;
    // Another node of the service was faster, between the look and the change.
    throw new PosternError('API_INVALID', {
      reason: makeReason('externalUrlJustTaken'),
      target: 'onPremisesPublishing.externalUrl',
      cause: error,
    });
  }
}

/** A role must not vanish from under those who have it: what it opened to them would be anybody's guess. */
async function findRolesInUse(
  db: Kysely<DatabaseSchema>,
  before: Application,
  after: Application,
): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = [];
  for (const role of before.appRoles) {
    if (after.appRoles.some(({ id }) => id === role.id)) continue;
    const taken = await db
      .selectFrom('app_role_assignments')
      .select('principal_display_name')
      .where('application_id', '=', after.id)
      .where('app_role_id', '=', role.id)
      .executeTakeFirst();
    if (taken === undefined) continue;
    const reason = makeReason('roleInUse', { person: taken.principal_display_name, role: role.displayName });
    problems.push(fieldProblem('appRoles', reason));
  }
  return problems;
}

/** @throws PosternError `API_INVALID` for the first */
function refuseAny([first]: readonly FieldProblem[]): void {
  if (first !== undefined) throw new PosternError('API_INVALID', first);
}

function target(id: string): { targetKind: string; targetId: string } {
  return { targetKind: 'application', targetId: id };
}

/** A row without its logo, which is written apart. */
type ApplicationRow = Omit<Selectable<DatabaseSchema['applications']>, 'logo_tag'>;

function toRow(application: Application): ApplicationRow {
  const { externalUrl, internalUrl, ...publishing } = application.onPremisesPublishing;
  const { description, tags, web } = application;
  return {
    id: application.id,
    app_id: application.appId,
    display_name: application.displayName,
    created_at_ms: Date.parse(application.createdDateTime),
    app_role_assignment_required: Number(application.appRoleAssignmentRequired),
    app_roles: JSON.stringify(application.appRoles),
    connector_group_id: application.connectorGroupId,
    external_url: externalUrl,
    external_address: externalAddress(externalUrl),
    internal_url: internalUrl,
    publishing: JSON.stringify(publishing),
    properties: JSON.stringify({ description, tags, web }),
  };
}

/** An application as its row has it. */
export function applicationOf(row: Selectable<DatabaseSchema['applications']>): Application {
  return {
    id: row.id,
    appId: row.app_id,
    displayName: row.display_name,
    createdDateTime: new Date(row.created_at_ms).toISOString(),
    appRoleAssignmentRequired: row.app_role_assignment_required === 1,
    appRoles: appRolesSchema.parse(JSON.parse(row.app_roles)),
    connectorGroupId: row.connector_group_id,
    ...applicationPresentationSchema.parse({
      ...APPLICATION_PRESENTATION_DEFAULTS,
      ...(JSON.parse(row.properties) as object),
    }),
    info: { logoUrl: logoPath(row.id, row.logo_tag) },
    onPremisesPublishing: onPremisesPublishingSchema.parse({
      ...ON_PREMISES_PUBLISHING_DEFAULTS,
      ...(JSON.parse(row.publishing) as object),
      externalUrl: row.external_url,
      internalUrl: row.internal_url,
    }),
  };
}
