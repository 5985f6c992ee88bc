import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { AcmeHostRecords } from './acme-host-records.ts';
import { ApplicationLogoRecords } from './application-logo-records.ts';
import { ApplicationRecords } from './application-records.ts';
import { AssignmentRecords } from './assignment-records.ts';
import { AuditRecords } from './audit-records.ts';
import { CertificateRecords } from './certificate-records.ts';
import { ConnectorGroupRecords } from './connector-group-records.ts';
import { ConnectorRecords } from './connector-records.ts';
import { EnrolmentTokenRecords } from './enrolment-token-records.ts';
import { FollowedRecords } from './followed-records.ts';
import { IdempotentAnswerRecords } from './idempotent-answer-records.ts';
import { KeyRecords } from './key-records.ts';
import type { Database } from './database/database.ts';
import { type StoreLocation, openDatabase, openDatabaseBeside } from './database/open-database.ts';
import type { StoreHealth } from './database/store-health.ts';
import { CONFIGURATION_VERSION } from './migrations.ts';
import type { DatabaseSchema } from './schema.ts';
import { Sealer } from './sealer.ts';
import { type SealingKeys, fixedSealingKeys } from './sealing-keys.ts';
import { SessionRecords } from './session-records.ts';
import { type ChangeContext, type ChangeRunner, type StoreListener, UnitOfWork, joinChange } from './unit-of-work.ts';
import { UsedValueRecords } from './used-value-records.ts';
import { UserRecords } from './user-records.ts';
import { UserRevocationRecords } from './user-revocation-records.ts';

export interface StoreOptions {
  readonly location: StoreLocation;
  /** Kept apart from the database; one key of 32 bytes, or several. */
  readonly sealingKey: Uint8Array | SealingKeys;
  readonly clock: () => number;
}

/** The records that administrators change, on the store itself or within one change of it. */
export interface TenantRecords {
  readonly applications: ApplicationRecords;
  readonly applicationLogos: ApplicationLogoRecords;
  readonly assignments: AssignmentRecords;
  readonly connectors: ConnectorRecords;
  readonly connectorGroups: ConnectorGroupRecords;
  readonly certificates: CertificateRecords;
}

/** What is made of the store in memory, and the news by which that stays as the store is. */
export interface FollowedState
  extends Pick<FollowedRecords, 'applications' | 'assignments'>, Pick<TenantRecords, 'connectors' | 'connectorGroups'> {
  configurationVersion(): Promise<number>;
  onChange(listener: StoreListener): () => void;
}

/** The durable state of the service. */
export class Store implements TenantRecords {
  readonly applications: ApplicationRecords;
  readonly applicationLogos: ApplicationLogoRecords;
  readonly assignments: AssignmentRecords;
  readonly connectors: ConnectorRecords;
  readonly connectorGroups: ConnectorGroupRecords;
  readonly enrolmentTokens: EnrolmentTokenRecords;
  readonly sessions: SessionRecords;
  readonly users: UserRecords;
  readonly userRevocations: UserRevocationRecords;
  readonly usedValues: UsedValueRecords;
  readonly keys: KeyRecords;
  readonly certificates: CertificateRecords;
  readonly acmeHosts: AcmeHostRecords;
  readonly idempotentAnswers: IdempotentAnswerRecords;
  readonly audit: AuditRecords;
  /** For those who need all applications again and again. */
  readonly followed: FollowedState;
  /** How it stands, and how it has failed so far. */
  readonly health: StoreHealth;
  readonly #database: Database;
  readonly #unit: UnitOfWork;
  readonly #sealer: Sealer;
  readonly #clock: () => number;

  constructor(database: Database, sealer: Sealer, clock: () => number) {
    const { db, health } = database;
    const unit = new UnitOfWork(database, clock, randomUUID);
    this.#database = database;
    this.health = health;
    this.#unit = unit;
    this.#sealer = sealer;
    this.#clock = clock;
    const followed = new FollowedRecords(db);
    const tenant = makeTenantRecords(db, unit, sealer, clock);
    this.applications = new ApplicationRecords(db, unit, (row) => followed.applicationOf(row));
    this.applicationLogos = tenant.applicationLogos;
    this.assignments = tenant.assignments;
    this.connectors = tenant.connectors;
    this.connectorGroups = tenant.connectorGroups;
    this.certificates = tenant.certificates;
    this.enrolmentTokens = new EnrolmentTokenRecords(db, unit, clock);
    this.sessions = new SessionRecords(db, unit, sealer);
    this.users = new UserRecords(db, clock);
    this.userRevocations = new UserRevocationRecords(db, unit, clock);
    this.usedValues = new UsedValueRecords(db, clock);
    this.keys = new KeyRecords(db, sealer, clock, randomUUID);
    this.acmeHosts = new AcmeHostRecords(db);
    this.idempotentAnswers = new IdempotentAnswerRecords(db, sealer, clock);
    this.audit = new AuditRecords(db, unit);
    // The first to hear.
    unit.onChange((change) => followed.note(change));
    this.followed = {
      applications: followed.applications,
      assignments: followed.assignments,
      connectors: this.connectors,
      connectorGroups: this.connectorGroups,
      configurationVersion: () => this.configurationVersion(),
      onChange: (listener) => this.onChange(listener),
    };
  }

  /** Calls `listener` after each commit that changed something, on this node or another one. @returns the way to stop that */
  onChange(listener: StoreListener): () => void {
    return this.#unit.onChange(listener);
  }

  /**
   * Runs several changes as one: all are there afterwards, or none, and listeners hear of them once they are. What is read
   * within it holds until its end.
   * @param work is given the records to read and change by; it may run several times, and must use nothing else of the store
   */
  changeTogether<Result>(context: ChangeContext, work: (records: TenantRecords) => Promise<Result>): Promise<Result> {
    return this.#unit.run(context, (change) =>
      work(makeTenantRecords(change.db, joinChange(change), this.#sealer, this.#clock)),
    );
  }

  /** The number that has risen with every change of an application, assignment, connector or group. */
  async configurationVersion(): Promise<number> {
    const row = await this.#database.db
      .selectFrom('service_values')
      .select('number_value')
      .where('name', '=', CONFIGURATION_VERSION)
      .executeTakeFirstOrThrow();
    return row.number_value;
  }

  /** Runs `work` while no other node of the service runs one. @throws PosternError `STORE_UNAVAILABLE` when that took too long */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#database.alone(work);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

function makeTenantRecords(
  db: Kysely<DatabaseSchema>,
  unit: ChangeRunner,
  sealer: Sealer,
  clock: () => number,
): TenantRecords {
  return {
    applications: new ApplicationRecords(db, unit),
    applicationLogos: new ApplicationLogoRecords(db, unit),
    assignments: new AssignmentRecords(db, unit),
    connectors: new ConnectorRecords(db, unit, clock),
    connectorGroups: new ConnectorGroupRecords(db, unit, clock),
    certificates: new CertificateRecords(db, unit, sealer, clock),
  };
}

/**
 * Opens the store and brings its schema up to date.
 * @throws PosternError `STORE_UNAVAILABLE` when the database can't be used, is newer than this program, or was sealed with
 * another key; `CONFIG_INVALID`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  return openOn(await openDatabase(options.location), options);
}

/**
 * Opens the store of a service that may be running, and leaves its schema as it is.
 * @param isMade whether it is made where there is none yet; else it is an empty one in memory then
 * @throws PosternError `STORE_UNAVAILABLE` also where the schema is not that of this version, `CONFIG_INVALID`
 */
export async function openStoreBeside(options: StoreOptions, isMade = false): Promise<Store> {
  return openOn(await openDatabaseBeside(options.location, isMade), options);
}

async function openOn(database: Database, options: StoreOptions): Promise<Store> {
  const { sealingKey } = options;
  const sealer = new Sealer(sealingKey instanceof Uint8Array ? fixedSealingKeys([sealingKey]) : sealingKey);
  try {
    await checkSealingKey(database.db, sealer);
  } catch (error) {
    await database.close();
    throw error;
  }
  return new Store(database, sealer, options.clock);
}

/** A sealed word in the database tells at once, not at the first sign-in, that the key file is another one's. */
async function checkSealingKey(db: Kysely<DatabaseSchema>, sealer: Sealer): Promise<void> {
  const name = 'sealingKeyCheck';
  const sealed = sealer.seal(Buffer.from('postern'), name);
  await db
    .insertInto('service_values')
    .values({ name, number_value: 0, sealed_value: sealed })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const row = await db.selectFrom('service_values').selectAll().where('name', '=', name).executeTakeFirstOrThrow();
  if (row.sealed_value !== null) sealer.open(row.sealed_value, name);
}
