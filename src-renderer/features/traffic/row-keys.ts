/** By which keys React knows the rows that exist. */
export interface RowKeys {
  /** In the order of the rows. */
  readonly bySequence: ReadonlyMap<number, number>;
  readonly next: number;
}

export const NO_ROW_KEYS: RowKeys = { bySequence: new Map(), next: 0 };

/**
 * A row that stays keeps its key. Where none stays, as with each update of a flood, the new ones take over the elements of the former
 * in their order: another text in elements that are there costs a third of making them anew. Pure.
 */
export function assignRowKeys({ bySequence, next }: RowKeys, sequences: readonly number[]): RowKeys {
  const free = sequences.some((sequence) => bySequence.has(sequence)) ? [] : [...bySequence.values()];
  const keys = new Map<number, number>();
  let fresh = next;
  for (const [index, sequence] of sequences.entries()) {
    const key = bySequence.get(sequence) ?? free[index] ?? fresh;
    if (key === fresh) fresh += 1;
    keys.set(sequence, key);
  }
  return { bySequence: keys, next: fresh };
}
