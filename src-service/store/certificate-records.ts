import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { DatabaseSchema } from './schema.ts';
import type { Sealer } from './sealer.ts';
import type { Change, ChangeContext, ChangeRunner } from './unit-of-work.ts';

/** A certificate of external hosts, without its key. */
export interface CertificateRecord {
  readonly id: string;
  readonly source: 'upload' | 'acme';
  /** SHA-256 over the certificate, hexadecimal. */
  readonly thumbprint: string;
  /** PEM, the server's own certificate first, each followed by its issuer. */
  readonly chain: string;
  readonly createdAtMs: number;
}

/** A certificate to be kept. */
export interface CertificateToKeep {
  readonly source: CertificateRecord['source'];
  readonly chain: string;
  readonly privateKey: KeyObject;
}

/** Certificates with their private keys, which are sealed at rest and leave this class as key objects alone. */
export class CertificateRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: ChangeRunner;
  readonly #sealer: Sealer;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, unit: ChangeRunner, sealer: Sealer, clock: () => number) {
    this.#db = db;
    this.#unit = unit;
    this.#sealer = sealer;
    this.#clock = clock;
  }

  /** All of them, newest first. */
  async list(): Promise<CertificateRecord[]> {
    const rows = await this.#db
      .selectFrom('certificates')
      .select(['id', 'source', 'thumbprint', 'chain', 'created_at_ms'])
      .orderBy('created_at_ms', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(fromRow);
  }

  /** @throws PosternError `API_NOT_FOUND`, `STORE_UNAVAILABLE` when the key does not open */
  async openPrivateKey(id: string): Promise<KeyObject> {
    const { private_key: sealed } = await requireRow(this.#db, id);
    const der = this.#sealer.open(sealed, label(id));
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  }

  /**
   * Keeps a certificate. One that is there already keeps its id and takes the chain and key of this upload.
   * @throws PosternError `API_CONFLICT` when `maxCertificates` are kept already
   */
  async keep(
    id: string,
    certificate: CertificateToKeep,
    maxCertificates: number,
    context: ChangeContext,
  ): Promise<{ readonly record: CertificateRecord; readonly isNew: boolean }> {
    return this.#unit.run(context, async (change) => {
      const thumbprint = thumbprintOf(certificate.chain);
      const same = await change.db
        .selectFrom('certificates')
        .selectAll()
        .where('thumbprint', '=', thumbprint)
        .executeTakeFirst();
      if (same !== undefined) return { record: await this.#write(change, fromRow(same), certificate), isNew: false };
      const { count } = await change.db
        .selectFrom('certificates')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      if (count >= maxCertificates) {
        throw new PosternError('API_CONFLICT', {
          message: `The service keeps ${count} certificates, which is its limit. Delete those that nobody uses first.`,
        });
      }
      const row = this.#toRow(id, certificate);
      await change.db.insertInto('certificates').values(row).execute();
      const record = fromRow(row);
      await change.audit({ ...target(id), action: 'certificate.create', before: null, after: summary(record) });
      change.announce({ kind: 'certificate', id });
      return { record, isNew: true };
    });
  }

  /** Puts another certificate in the place of one. @throws PosternError `API_NOT_FOUND`, `API_CONFLICT` when it is kept under another id */
  async replace(id: string, certificate: CertificateToKeep, context: ChangeContext): Promise<CertificateRecord> {
    return this.#unit.run(context, async (change) => {
      const before = fromRow(await requireRow(change.db, id));
      const same = await change.db
        .selectFrom('certificates')
        .select('id')
        .where('thumbprint', '=', thumbprintOf(certificate.chain))
        .where('id', '!=', id)
        .executeTakeFirst();
      if (same !== undefined) {
        throw new PosternError('API_CONFLICT', {
          message: `This certificate is kept already, as ${same.id}. Delete ${id} if it is not needed any more.`,
        });
      }
      return this.#write(change, before, certificate);
    });
  }

  /** @throws PosternError `API_NOT_FOUND` */
  async remove(id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const before = fromRow(await requireRow(change.db, id));
      await change.db.deleteFrom('certificates').where('id', '=', id).execute();
      await change.audit({ ...target(id), action: 'certificate.delete', before: summary(before), after: null });
      change.announce({ kind: 'certificate', id });
    });
  }

  async #write(change: Change, before: CertificateRecord, certificate: CertificateToKeep): Promise<CertificateRecord> {
    const row = this.#toRow(before.id, certificate);
    await change.db.updateTable('certificates').set(row).where('id', '=', before.id).execute();
    const after = fromRow(row);
    await change.audit({
      ...target(before.id),
      action: 'certificate.update',
      before: summary(before),
      after: summary(after),
    });
    change.announce({ kind: 'certificate', id: before.id });
    return after;
  }

  #toRow(id: string, { source, chain, privateKey }: CertificateToKeep): Selectable<DatabaseSchema['certificates']> {
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      id,
      source,
      thumbprint: thumbprintOf(chain),
      chain,
      private_key: this.#sealer.seal(der, label(id)),
      created_at_ms: this.#clock(),
    };
  }
}

async function requireRow(db: Kysely<DatabaseSchema>, id: string): Promise<Selectable<DatabaseSchema['certificates']>> {
  const row = await db.selectFrom('certificates').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new PosternError('API_NOT_FOUND', { message: `There is no certificate ${id}.` });
  return row;
}

function thumbprintOf(chain: string): string {
  return new X509Certificate(chain).fingerprint256.replaceAll(':', '');
}

/** What the audit says of a certificate. */
function summary({ id, source, thumbprint, chain }: CertificateRecord): object {
  const { subject, subjectAltName, validToDate } = new X509Certificate(chain);
  return { id, source, thumbprint, subject, subjectAltName, expiryDate: validToDate.toISOString() };
}

function target(id: string): { targetKind: string; targetId: string } {
  return { targetKind: 'certificate', targetId: id };
}

function label(id: string): string {
  return `certificates/${id}`;
}

function fromRow(row: Omit<Selectable<DatabaseSchema['certificates']>, 'private_key'>): CertificateRecord {
  return {
    id: row.id,
    source: row.source,
    thumbprint: row.thumbprint,
    chain: row.chain,
    createdAtMs: row.created_at_ms,
  };
}
