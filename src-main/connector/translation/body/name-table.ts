/** Of a name, so that lengths fit into the bits of a word. */
const MAX_LENGTH = 31;

/** Finds names, in whatever case they stand, without making a string of them. */
export class NameTable {
  readonly #names: readonly string[];
  /** Index into `#names` plus one, by hash; twice as many places as could be needed, at least. */
  readonly #slots: Uint16Array;
  readonly #mask: number;
  /** By first letter the lengths that its names have, as bits: most names are none of these and end here. */
  readonly #lengths = new Uint32Array(256);

  /** @param names in lower case; ASCII letters first; up to 31 long. */
  constructor(names: readonly string[]) {
    this.#names = names;
    let size = 64;
    while (size < names.length * 4) size *= 2;
    this.#slots = new Uint16Array(size);
    this.#mask = size - 1;
    names.forEach((name, index) => {
      const first = name.charCodeAt(0);
      this.#lengths[first] = (this.#lengths[first] as number) | (1 << name.length);
      let slot = hashOf(Buffer.from(name, 'latin1'), 0, name.length) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    });
  }

  /** The place of a name in the list that the table was made of, or -1. */
  find(units: Buffer, start: number, end: number): number {
    const lengths = this.#lengths[(units[start] as number) | 0x20] as number;
    if (end - start > MAX_LENGTH || ((lengths >>> (end - start)) & 1) === 0) return -1;
    for (let slot = hashOf(units, start, end) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const index = (this.#slots[slot] as number) - 1;
      if (index === -1 || isSame(this.#names[index] as string, units, start, end)) return index;
    }
  }
}

function hashOf(units: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let index = start; index < end; index += 1) hash = (Math.imul(hash, 31) + ((units[index] as number) | 0x20)) | 0;
  return hash ^ (hash >>> 9);
}

function isSame(name: string, units: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = start; index < end; index += 1) {
    const unit = units[index] as number;
    const lower = unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
    if (lower !== name.charCodeAt(index - start)) return false;
  }
  return true;
}
