import type { Kysely, Transaction } from 'kysely';
import { createHash } from 'node:crypto';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { isUniqueViolation } from './database/unique-violation.ts';
import type { DatabaseSchema } from './schema.ts';
import type { Sealer } from './sealer.ts';

/** A day, as long as a script may go on trying. */
const KEPT_MS = 24 * 3_600_000;
/** Answers that are kept for one administrator. */
const MAX_ANSWERS_EACH = 10_000;

/** Whose key, and for which request. */
export interface IdempotentRequest {
  /** The administrator's id. */
  readonly ownerId: string;
  readonly key: string;
  /** Over method, path and body: the same for the same request. */
  readonly fingerprint: string;
}

/** The answer to a creation. */
export interface IdempotentAnswer {
  readonly location: string | null;
  /** JSON. */
  readonly body: string;
}

/** What creations were answered, for a day, so that one that is sent again makes nothing twice. */
export class IdempotentAnswerRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #sealer: Sealer;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, sealer: Sealer, clock: () => number) {
    this.#db = db;
    this.#sealer = sealer;
    this.#clock = clock;
  }

  /** The answer to the same request; null where the key is new. @throws PosternError `API_KEY_REUSED` */
  async find(request: IdempotentRequest): Promise<IdempotentAnswer | null> {
    const id = idOf(request);
    const row = await this.#db
      .selectFrom('idempotent_answers')
      .selectAll()
      .where('id', '=', id)
      .where('created_at_ms', '>', this.#clock() - KEPT_MS)
      .executeTakeFirst();
    if (row === undefined) return null;
    if (row.fingerprint !== request.fingerprint) {
      throw new PosternError('API_KEY_REUSED', {
        message: `This Idempotency-Key came with another request at ${new Date(row.created_at_ms).toISOString()}. Make a new key for each request.`,
        target: 'Idempotency-Key',
      });
    }
    const body = Buffer.from(this.#sealer.open(row.body, label(id))).toString();
    return { location: row.location, body };
  }

  /**
   * Keeps an answer in the transaction of the change that it tells of.
   * @throws PosternError `API_KEY_IN_FLIGHT` where another node of the service has just kept one, `API_RATE_LIMITED` where the
   * owner has too many
   */
  async keep(db: Transaction<DatabaseSchema>, request: IdempotentRequest, answer: IdempotentAnswer): Promise<void> {
    const id = idOf(request);
    const nowMs = this.#clock();
    await db
      .deleteFrom('idempotent_answers')
      .where('created_at_ms', '<=', nowMs - KEPT_MS)
      .execute();
    const { count } = await db
      .selectFrom('idempotent_answers')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('owner_id', '=', request.ownerId)
      .executeTakeFirstOrThrow();
    if (count >= MAX_ANSWERS_EACH) {
      throw new PosternError('API_RATE_LIMITED', {
        message: `${MAX_ANSWERS_EACH} requests with an Idempotency-Key are remembered for you, which is the limit of a day. Send this one without.`,
      });
    }
    const body = this.#sealer.seal(Buffer.from(answer.body), label(id));
    const { ownerId, fingerprint } = request;
    const row = { id, owner_id: ownerId, fingerprint, location: answer.location, body, created_at_ms: nowMs };
    try {
      await db.insertInto('idempotent_answers').values(row).execute();
    } catch (error) {
      if (!isUniqueViolation(error, 'idempotent_answers.id')) throw error;
      throw new PosternError('API_KEY_IN_FLIGHT', { cause: error });
    }
  }
}

function idOf({ ownerId, key }: IdempotentRequest): string {
  return createHash('sha256').update(`${ownerId}\n${key}`).digest('hex');
}

function label(id: string): string {
  return `idempotent_answers/${id}`;
}
