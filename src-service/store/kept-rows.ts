import { EVERY_ID } from './database/database.ts';

/** So many changed rows are read one by one; above it all are read. */
const MAX_STALE_ROWS = 1000;

export interface KeptRowsOptions<Row, Value> {
  readonly parse: (row: Row) => Value;
  readonly readAll: () => Promise<readonly Row[]>;
  /** Those that there are of some ids. */
  readonly readSome: (ids: readonly string[]) => Promise<readonly Row[]>;
}

/**
 * The rows of a table that is needed as a whole again and again, in memory. It is told which rows may have changed, and reads
 * those alone: what a change costs is then what has changed, here and with all who compare values by identity.
 *
 * A change is to be noted after its commit: what `list` gives is no older than what was noted before it was called.
 */
export class KeptRows<Row extends { readonly id: string }, Value extends object> {
  readonly #options: KeptRowsOptions<Row, Value>;
  readonly #known = new Map<string, { readonly row: Row; readonly value: Value }>();
  #values: readonly Value[] = [];
  readonly #staleIds = new Set<string>();
  #isAllStale = true;
  #reading: Promise<void> | null = null;
  /** Rows that are being read: as they are, or as they were. */
  #readIds: readonly string[] = [];

  constructor(options: KeptRowsOptions<Row, Value>) {
    this.#options = options;
  }

  /** Notes that a row may be another one, or gone, or new; with `EVERY_ID` any of them. */
  note(id: string): void {
    if (id === EVERY_ID || this.#staleIds.size >= MAX_STALE_ROWS) this.#isAllStale = true;
    else this.#staleIds.add(id);
  }

  /** Notes all rows of which `isMeant` is true, as far as they are known. */
  noteKnown(isMeant: (row: Row) => boolean): void {
    for (const { row } of this.#known.values()) if (isMeant(row)) this.note(row.id);
    // What they are is not known yet.
    for (const id of this.#readIds) this.note(id);
  }

  /**
   * The values of all rows, by id; the same list as long as nothing is another one.
   * @throws PosternError `STORE_UNAVAILABLE`; the next call tries again
   */
  async list(): Promise<readonly Value[]> {
    while (this.#reading !== null || this.#isAllStale || this.#staleIds.size > 0) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null;
      });
      // What was noted since that reading began is for the next one.
      await this.#reading;
    }
    return this.#values;
  }

  /** The value of a row that was read elsewhere: the known one, where the row is no other. */
  valueOf(row: Row): Value {
    const known = this.#known.get(row.id);
    return known !== undefined && isSame(row, known.row) ? known.value : this.#options.parse(row);
  }

  async #read(): Promise<void> {
    const isAll = this.#isAllStale;
    const ids = [...this.#staleIds];
    this.#isAllStale = false;
    this.#staleIds.clear();
    this.#readIds = isAll ? [EVERY_ID] : ids;
    try {
      const rows = isAll ? await this.#options.readAll() : await this.#options.readSome(ids);
      this.#take(rows, isAll ? [...this.#known.keys()] : ids);
    } catch (error) {
      this.#isAllStale ||= isAll;
      for (const id of ids) this.note(id);
      throw error;
    } finally {
      this.#readIds = [];
    }
  }

  /** @param asked the ids of which there are no others than these rows */
  #take(rows: readonly Row[], asked: readonly string[]): void {
    const found = new Set(rows.map(({ id }) => id));
    const removed = asked.filter((id) => !found.has(id) && this.#known.delete(id));
    const entries = rows
      .filter((row) => !isSame(row, this.#known.get(row.id)?.row))
      .map((row) => [row.id, { row, value: this.#options.parse(row) }] as const);
    if (removed.length === 0 && entries.length === 0) return;
    for (const [id, entry] of entries) this.#known.set(id, entry);
    const sorted = [...this.#known.values()].sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
    this.#values = sorted.map(({ value }) => value);
  }
}

/** Whether a row is, column by column, the one that is known. */
function isSame<Row extends object>(row: Row, known: Row | undefined): boolean {
  if (known === undefined) return false;
  return (Object.keys(row) as (keyof Row)[]).every((column) => row[column] === known[column]);
}
