import { makeReason } from '../../src-shared/errors/reasons.ts';
import type { Kysely, Selectable } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { requireConnectorGroup } from './connector-group-records.ts';
import { consumeEnrolmentToken } from './enrolment-token-records.ts';
import { EVERYTHING, type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import type { DatabaseSchema } from './schema.ts';
import type { Change, ChangeContext, ChangeRunner } from './unit-of-work.ts';

/** A connector that was enrolled and not removed. */
export interface ConnectorRecord {
  readonly id: string;
  readonly displayName: string;
  readonly machineName: string;
  readonly version: string;
  readonly connectorGroupId: string;
  readonly certificateSerial: string;
  readonly certificateExpiresAtMs: number;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number | null;
  readonly externalIp: string | null;
  /** The token that it enrolled with; null for an administrator's enrolment. */
  readonly enrolmentTokenId: string | null;
  /** Takes no new requests until an administrator says otherwise; what runs goes on (B66). */
  readonly isDraining: boolean;
  /** Since when it is refused everywhere, though it is still listed; null where it isn't. */
  readonly revokedAtMs: number | null;
  /** As its tunnels told; null before the first, and of connectors that don't say. */
  readonly operatingSystem: string | null;
  /** A renewed certificate that it was given and has not shown yet. Until then the old one counts, too; null where there is none. */
  readonly nextCertificate: StoredCertificate | null;
}

/** What is kept of a certificate. */
export interface StoredCertificate {
  readonly serial: string;
  readonly expiresAtMs: number;
}

/** What enrolment tells of a connector; the rest follows from it. */
export type EnrolledConnector = Omit<
  ConnectorRecord,
  'enrolmentTokenId' | 'isDraining' | 'revokedAtMs' | 'operatingSystem' | 'nextCertificate'
>;

/** What an administrator may change of a connector by itself. */
export interface ConnectorChange {
  readonly displayName?: string | undefined;
  readonly isDraining?: boolean | undefined;
}

/** What a tunnel tells of its connector. */
export interface ConnectorSighting {
  readonly version: string;
  readonly machineName: string;
  readonly operatingSystem: string | null;
  readonly externalIp: string;
}

/** Fields by which connectors can be filtered and ordered. */
export const CONNECTOR_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  displayName: { column: 'display_name', kind: 'text' },
  machineName: { column: 'machine_name', kind: 'text' },
  version: { column: 'version', kind: 'text' },
  connectorGroupId: { column: 'connector_group_id', kind: 'id' },
  enrolmentTokenId: { column: 'enrolment_token_id', kind: 'id', isNullable: true },
  createdDateTime: { column: 'created_at_ms', kind: 'date' },
} as const satisfies ListColumns;

/** The enrolled connectors. One that is not here is refused everywhere (B62). */
export class ConnectorRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: ChangeRunner;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, unit: ChangeRunner, clock: () => number) {
    this.#db = db;
    this.#unit = unit;
    this.#clock = clock;
  }

  async list(): Promise<ConnectorRecord[]> {
    return (await this.page(EVERYTHING)).items;
  }

  async page(query: ListQuery): Promise<ListPage<ConnectorRecord>> {
    const page = await readPage(this.#db.selectFrom('connectors').selectAll(), query, CONNECTOR_COLUMNS);
    return { ...page, items: page.items.map(fromRow) };
  }

  async find(id: string): Promise<ConnectorRecord | null> {
    const row = await this.#db.selectFrom('connectors').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  }

  /**
   * Adds a connector, using up one use of its enrolment token (by hash) in the same transaction. The token's group
   * counts over the one asked for.
   * @throws PosternError `ENROLMENT_TOKEN_…`, `API_INVALID` for an unknown connector group
   */
  async enrol(
    connector: EnrolledConnector,
    tokenHash: string | null,
    context: ChangeContext,
  ): Promise<ConnectorRecord> {
    return this.#unit.run(context, async (change) => {
      const token = tokenHash === null ? null : await consumeEnrolmentToken(change, tokenHash, this.#clock());
      const record = {
        ...connector,
        connectorGroupId: token?.connectorGroupId ?? connector.connectorGroupId,
        enrolmentTokenId: token?.id ?? null,
        isDraining: false,
        revokedAtMs: null,
        operatingSystem: null,
        nextCertificate: null,
      };
      await requireConnectorGroup(change.db, record.connectorGroupId);
      await change.db.insertInto('connectors').values(toRow(record)).execute();
      await change.audit({
        ...target(record.id),
        action: 'connector.enrol',
        before: null,
        after: record,
        // Until now the caller could name nobody but the machine.
        ...(token !== null && {
          actor: { id: token.id, displayName: token.displayName ?? token.id, kind: 'enrolmentToken' },
        }),
      });
      change.announce({ kind: 'connector', id: record.id });
      return record;
    });
  }

  /** Puts a connector into another group (B67). @throws PosternError `API_NOT_FOUND`, `API_INVALID` */
  async move(id: string, connectorGroupId: string, context: ChangeContext): Promise<ConnectorRecord> {
    return this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      await requireConnectorGroup(change.db, connectorGroupId);
      await change.db
        .updateTable('connectors')
        .set({ connector_group_id: connectorGroupId })
        .where('id', '=', id)
        .execute();
      const after = { ...before, connectorGroupId };
      await change.audit({ ...target(id), action: 'connector.move', before, after });
      change.announce({ kind: 'connector', id });
      return after;
    });
  }

  /** Renames a connector, or says whether it takes new requests. @throws PosternError `API_NOT_FOUND` */
  async update(id: string, { displayName, isDraining }: ConnectorChange, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      const after = {
        ...before,
        displayName: displayName ?? before.displayName,
        isDraining: isDraining ?? before.isDraining,
      };
      await change.db
        .updateTable('connectors')
        .set({ display_name: after.displayName, is_draining: Number(after.isDraining) })
        .where('id', '=', id)
        .execute();
      await change.audit({ ...target(id), action: 'connector.update', before, after });
      change.announce({ kind: 'connector', id });
    });
  }

  /** Makes a connector's certificate worthless, for good; it stays in the list. @throws PosternError `API_NOT_FOUND` */
  async revoke(id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      // A second time changes nothing: since when it is refused stays true.
      const after = { ...before, revokedAtMs: before.revokedAtMs ?? this.#clock() };
      await change.db
        .updateTable('connectors')
        .set({ revoked_at_ms: after.revokedAtMs })
        .where('id', '=', id)
        .execute();
      await change.audit({ ...target(id), action: 'connector.revoke', before, after });
      change.announce({ kind: 'connector', id });
    });
  }

  /**
   * Keeps the certificate that a connector is about to be given, in place of one that it never showed.
   * @param found what was kept of it when that was made
   * @returns whether that is so still: of two that overtake each other the connector would be given the one that does not count
   * @throws PosternError `API_NOT_FOUND`
   */
  async offerCertificate(
    found: ConnectorRecord,
    nextCertificate: StoredCertificate,
    context: ChangeContext,
  ): Promise<boolean> {
    const { id } = found;
    return this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      if (before.certificateSerial !== found.certificateSerial) return false;
      if (before.nextCertificate?.serial !== found.nextCertificate?.serial) return false;
      const after = { ...before, nextCertificate };
      await change.db.updateTable('connectors').set(certificateColumns(after)).where('id', '=', id).execute();
      await change.audit({ ...target(id), action: 'connector.issueCertificate', before, after });
      change.announce({ kind: 'connector', id });
      return true;
    });
  }

  /** The connector has shown the certificate that it was given: from now on it is the only one. @returns whether it was that one */
  async takeUpCertificate(id: string, serial: string, context: ChangeContext): Promise<boolean> {
    return this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      const { nextCertificate: next } = before;
      if (before.certificateSerial === serial) return true;
      if (next?.serial !== serial) return false;
      const after = {
        ...before,
        certificateSerial: serial,
        certificateExpiresAtMs: next.expiresAtMs,
        nextCertificate: null,
      };
      await change.db.updateTable('connectors').set(certificateColumns(after)).where('id', '=', id).execute();
      await change.audit({ ...target(id), action: 'connector.renewCertificate', before, after });
      change.announce({ kind: 'connector', id });
      return true;
    });
  }

  /** Removes a connector for good: its certificate is worth nothing from then on. @throws PosternError `API_NOT_FOUND` */
  async remove(id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const before = await requireRow(change, id);
      await change.db.deleteFrom('connectors').where('id', '=', id).execute();
      await change.audit({ ...target(id), action: 'connector.delete', before, after: null });
      change.announce({ kind: 'connector', id });
    });
  }

  /** Notes that a connector was there now. No change in the sense of the audit. */
  async noteSeen(id: string, sighting: ConnectorSighting): Promise<void> {
    await this.#db
      .updateTable('connectors')
      .set({
        last_seen_at_ms: this.#clock(),
        version: sighting.version,
        machine_name: sighting.machineName,
        operating_system: sighting.operatingSystem,
        external_ip: sighting.externalIp,
      })
      .where('id', '=', id)
      .execute();
  }
}

async function requireRow(change: Change, id: string): Promise<ConnectorRecord> {
  const row = await change.db.selectFrom('connectors').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new PosternError('API_NOT_FOUND', { reason: makeReason('connectorUnknown', { id }) });
  return fromRow(row);
}

function target(id: string): { targetKind: string; targetId: string } {
  return { targetKind: 'connector', targetId: id };
}

function toRow(record: ConnectorRecord): Selectable<DatabaseSchema['connectors']> {
  return {
    id: record.id,
    display_name: record.displayName,
    machine_name: record.machineName,
    version: record.version,
    connector_group_id: record.connectorGroupId,
    ...certificateColumns(record),
    created_at_ms: record.createdAtMs,
    last_seen_at_ms: record.lastSeenAtMs,
    external_ip: record.externalIp,
    enrolment_token_id: record.enrolmentTokenId,
    is_draining: Number(record.isDraining),
    revoked_at_ms: record.revokedAtMs,
    operating_system: record.operatingSystem,
  };
}

function certificateColumns({ certificateSerial, certificateExpiresAtMs, nextCertificate }: ConnectorRecord): {
  certificate_serial: string;
  certificate_expires_at_ms: number;
  next_certificate_serial: string | null;
  next_certificate_expires_at_ms: number | null;
} {
  return {
    certificate_serial: certificateSerial,
    certificate_expires_at_ms: certificateExpiresAtMs,
    next_certificate_serial: nextCertificate?.serial ?? null,
    next_certificate_expires_at_ms: nextCertificate?.expiresAtMs ?? null,
  };
}

function fromRow(row: Selectable<DatabaseSchema['connectors']>): ConnectorRecord {
  return {
    id: row.id,
    displayName: row.display_name,
    machineName: row.machine_name,
    version: row.version,
    connectorGroupId: row.connector_group_id,
    certificateSerial: row.certificate_serial,
    certificateExpiresAtMs: row.certificate_expires_at_ms,
    createdAtMs: row.created_at_ms,
    lastSeenAtMs: row.last_seen_at_ms,
    externalIp: row.external_ip,
    enrolmentTokenId: row.enrolment_token_id,
    isDraining: row.is_draining === 1,
    revokedAtMs: row.revoked_at_ms,
    operatingSystem: row.operating_system,
    nextCertificate:
      row.next_certificate_serial === null || row.next_certificate_expires_at_ms === null
        ? null
        : { serial: row.next_certificate_serial, expiresAtMs: row.next_certificate_expires_at_ms },
  };
}
