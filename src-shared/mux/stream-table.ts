/** Slots of a table that holds little, a power of two: with what comes and goes within a tick it neither grows nor shrinks. */
const MIN_SLOTS = 256;
/** A table is at most half full, and one that is less than this part full gives memory back. */
const SHRINK_PART = 16;
/** 2^32 divided by the golden ratio: ids that follow each other come to lie far apart. */
const SPREAD = 0x9e37_79b1;
const FREE = 0;

/**
 * What belongs to the streams of a tunnel, by id. A `Map` that streams are put into and taken out of leaves a trail: V8 makes it
 * anew every some entries and ties the old one to the new one, so that once one of them has grown old, all that come after
 * it and all that was in them stay until the whole heap is looked at. With requests by the thousand a second that
 * was a quarter of the CPU (ADR 0032). This one is changed in place (open addressing, no trace of what was deleted).
 */
export class StreamTable<Value> {
  #ids = new Uint32Array(MIN_SLOTS);
  #values: (Value | undefined)[] = makeSlots(MIN_SLOTS);
  #shift = shiftFor(MIN_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Value | undefined {
    return id === FREE ? undefined : this.#values[this.#find(id)];
  }

  /** @param id from 1 to 2^32-1 */
  set(id: number, value: Value): void {
    if ((this.#size + 1) * 2 > this.#ids.length) this.#resize(this.#ids.length * 2);
    const at = this.#find(id);
    if (this.#ids[at] === FREE) this.#size += 1;
    this.#ids[at] = id;
    this.#values[at] = value;
  }

  /** Harmless for an id that isn't there. */
  delete(id: number): void {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let hole = this.#find(id);
    if (ids[hole] === FREE) return;
    // What stands behind it and would be looked for from before the hole moves up.
    for (let at = (hole + 1) & mask; ids[at] !== FREE; at = (at + 1) & mask) {
      const moved = ids[at] ?? FREE;
      if (((at - this.#home(moved)) & mask) < ((at - hole) & mask)) continue;
      ids[hole] = moved;
      this.#values[hole] = this.#values[at];
      hole = at;
    }
    ids[hole] = FREE;
    this.#values[hole] = undefined;
    this.#size -= 1;
    if (ids.length > MIN_SLOTS && this.#size * SHRINK_PART < ids.length) this.#resize(ids.length / 2);
  }

  /** All values as they are now, in no order. */
  values(): Value[] {
    const values: Value[] = [];
    for (const value of this.#values) if (value !== undefined) values.push(value);
    return values;
  }

  /** The slot of an id, or the free one in which it would stand. */
  #find(id: number): number {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let at = this.#home(id);
    while (ids[at] !== id && ids[at] !== FREE) at = (at + 1) & mask;
    return at;
  }

  #home(id: number): number {
    return Math.imul(id, SPREAD) >>> this.#shift;
  }

  #resize(slots: number): void {
    const ids = this.#ids;
    const values = this.#values;
    this.#ids = new Uint32Array(slots);
    this.#values = makeSlots(slots);
    this.#shift = shiftFor(slots);
    for (const [at, id] of ids.entries()) {
      if (id === FREE) continue;
      const to = this.#find(id);
      this.#ids[to] = id;
      this.#values[to] = values[at];
    }
  }
}

function makeSlots<Value>(slots: number): (Value | undefined)[] {
  return Array.from({ length: slots }, () => undefined);
}

function shiftFor(slots: number): number {
  return 32 - Math.log2(slots);
}
