import { randomUUID } from 'node:crypto';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { asPosternError } from '../../src-shared/errors/postern-error.ts';
import { AcmeHostRecords } from './acme-host-records.ts';
import { ApplicationLogoRecords } from './application-logo-records.ts';
import { ApplicationRecords } from './application-records.ts';
import { AssignmentRecords } from './assignment-records.ts';
import { AuditRecords } from './audit-records.ts';
import { CertificateRecords } from './certificate-records.ts';
import { ConnectorGroupRecords } from './connector-group-records.ts';
import { ConnectorRecords } from './connector-records.ts';
import { EnrolmentTokenRecords } from './enrolment-token-records.ts';
import { KeyRecords } from './key-records.ts';
import { CONFIGURATION_VERSION, MigrationList } from './migrations.ts';
import { openNodeSqlite } from './node-sqlite.ts';
import type { DatabaseSchema } from './schema.ts';
import { Sealer } from './sealer.ts';
import { SessionRecords } from './session-records.ts';
import { type StoreChange, UnitOfWork } from './unit-of-work.ts';
import { UserRecords } from './user-records.ts';

export interface StoreOptions {
  /** The SQLite file; made where there is none. */
  readonly file: string;
  /** 32 bytes, kept apart from the file. */
  readonly sealingKey: Uint8Array;
  readonly clock: () => number;
}

/** The durable state of the service. */
export class Store {
  readonly applications: ApplicationRecords;
  readonly applicationLogos: ApplicationLogoRecords;
  readonly assignments: AssignmentRecords;
  readonly connectors: ConnectorRecords;
  readonly connectorGroups: ConnectorGroupRecords;
  readonly enrolmentTokens: EnrolmentTokenRecords;
  readonly sessions: SessionRecords;
  readonly users: UserRecords;
  readonly keys: KeyRecords;
  readonly certificates: CertificateRecords;
  readonly acmeHosts: AcmeHostRecords;
  readonly audit: AuditRecords;
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: UnitOfWork;

  constructor(db: Kysely<DatabaseSchema>, sealer: Sealer, clock: () => number) {
    const unit = new UnitOfWork(db, clock, randomUUID);
    this.#db = db;
    this.#unit = unit;
    this.applications = new ApplicationRecords(db, unit);
    this.applicationLogos = new ApplicationLogoRecords(db, unit);
    this.assignments = new AssignmentRecords(db, unit);
    this.connectors = new ConnectorRecords(db, unit, clock);
    this.connectorGroups = new ConnectorGroupRecords(db, unit, clock);
    this.enrolmentTokens = new EnrolmentTokenRecords(db, unit, clock);
    this.sessions = new SessionRecords(db, unit, sealer);
    this.users = new UserRecords(db, clock);
    this.keys = new KeyRecords(db, sealer, clock, randomUUID);
    this.certificates = new CertificateRecords(db, unit, sealer, clock);
    this.acmeHosts = new AcmeHostRecords(db);
    this.audit = new AuditRecords(db);
  }

  /** Calls `listener` after each commit that changed something. @returns the way to stop that */
  onChange(listener: (change: StoreChange) => void): () => void {
    return this.#unit.onChange(listener);
  }

  /** The number that has risen with every change of an application, assignment, connector or group. */
  async configurationVersion(): Promise<number> {
    const row = await this.#db
      .selectFrom('service_values')
      .select('number_value')
      .where('name', '=', CONFIGURATION_VERSION)
      .executeTakeFirstOrThrow();
    return row.number_value;
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/**
 * Opens the store and brings its schema up to date.
 * @throws PosternError `STORE_UNAVAILABLE` when the file can't be used, is newer than this program, or was sealed with another key
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const db = new Kysely<DatabaseSchema>({ dialect: new SqliteDialect({ database: openNodeSqlite(options.file) }) });
  const sealer = new Sealer(options.sealingKey);
  try {
    const { error } = await new Migrator({ db, provider: new MigrationList() }).migrateToLatest();
    if (error !== undefined) throw asPosternError(error, 'STORE_UNAVAILABLE');
    await checkSealingKey(db, sealer);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new Store(db, sealer, options.clock);
}

/** A sealed word in the database tells at once, not at the first sign-in, that the key file is another one's. */
async function checkSealingKey(db: Kysely<DatabaseSchema>, sealer: Sealer): Promise<void> {
  const name = 'sealingKeyCheck';
  const row = await db.selectFrom('service_values').selectAll().where('name', '=', name).executeTakeFirst();
  if (row?.sealed_value) {
    sealer.open(row.sealed_value, name);
    return;
  }
  const sealed = sealer.seal(Buffer.from('postern'), name);
  await db.insertInto('service_values').values({ name, number_value: 0, sealed_value: sealed }).execute();
}
