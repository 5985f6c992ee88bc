/**
 * Parses the rows of a table that is read as a whole again and again. A row that is, column by column, the one of the last
 * time gives the same value, the very object: what a change costs is then what has changed, here and with all who compare
 * values by identity. Nothing is trusted but what the database holds now, whoever wrote it.
 */
export class ParsedRows<Row extends { readonly id: string }, Value extends object> {
  readonly #parse: (row: Row) => Value;
  #known: ReadonlyMap<string, { readonly row: Row; readonly value: Value }> = new Map();

  constructor(parse: (row: Row) => Value) {
    this.#parse = parse;
  }

  /** The values of all rows there are, in their order. Rows that are not among them are forgotten. */
  take(rows: readonly Row[]): Value[] {
    const before = this.#known;
    const now = new Map<string, { readonly row: Row; readonly value: Value }>();
    const columns = Object.keys(rows[0] ?? {}) as (keyof Row)[];
    const values = rows.map((row) => {
      const known = before.get(row.id);
      const isKnown = known !== undefined && columns.every((column) => row[column] === known.row[column]);
      const entry = isKnown ? known : { row, value: this.#parse(row) };
      now.set(row.id, entry);
      return entry.value;
    });
    this.#known = now;
    return values;
  }
}
