import { spreadFormerCounts } from './former-latency-classes.ts';

/**
 * Classes of answer times as HDR histograms have them: the time in whole units, eight equal classes to each doubling. Up to a
 * quarter of a millisecond a class is one unit wide; the last one has no end.
 */
const UNITS_PER_MS = 64;
const CLASSES_A_DOUBLING = 8;
const CLASSES_BITS = 3;
/** About two minutes. */
const MAX_UNITS = 2 ** 23;
const MAX_LATENCY_MS = MAX_UNITS / UNITS_PER_MS;

/** @param ms not negative */
function classOf(ms: number): number {
  const units = Math.floor(Math.min(ms * UNITS_PER_MS, MAX_UNITS));
  const shift = Math.max(0, 31 - CLASSES_BITS - Math.clz32(units));
  return shift * CLASSES_A_DOUBLING + (units >>> shift);
}

function lowerMsOf(position: number): number {
  const shift = Math.max(0, Math.floor(position / CLASSES_A_DOUBLING) - 1);
  return ((position - shift * CLASSES_A_DOUBLING) * 2 ** shift) / UNITS_PER_MS;
}

/** How many answers took how long, by class: within an eighth. Only the classes from the first to the last with a count take room. */
export class LatencyCounts {
  #first = 0;
  readonly #counts: number[] = [];

  /** @param text of `toText`, or as versions before 7 of the history wrote it */
  static fromText(text: string): LatencyCounts {
    const latencies = new LatencyCounts();
    const end = text.indexOf(':');
    if (end === -1) {
      if (text !== '')
        spreadFormerCounts(text.split(',').map(Number), (ms, count) => latencies.#add(classOf(ms), count));
      return latencies;
    }
    latencies.#first = Number(text.slice(0, end));
    latencies.#counts.push(
      ...text
        .slice(end + 1)
        .split(',')
        .map(Number),
    );
    return latencies;
  }

  count(ms: number): void {
    this.#add(classOf(ms), 1);
  }

  addAll(others: LatencyCounts): void {
    for (const [index, count] of others.#counts.entries()) if (count > 0) this.#add(others.#first + index, count);
  }

  /** The first class, and the counts from there on; a zero is written as nothing. Empty without a count. */
  toText(): string {
    if (this.#counts.length === 0) return '';
    return `${this.#first}:${this.#counts.map((count) => (count === 0 ? '' : String(count))).join(',')}`;
  }

  /** The time within which `share` (0 to 1) of the answers came, ms, by even spread within its class; null without answers. */
  quantile(share: number): number | null {
    let left = share * this.#counts.reduce((sum, count) => sum + count, 0);
    for (const [index, count] of this.#counts.entries()) {
      if (count > 0 && left <= count) {
        const position = this.#first + index;
        const lower = lowerMsOf(position);
        const upper = Math.min(lowerMsOf(position + 1), MAX_LATENCY_MS);
        return lower + (upper - lower) * (left / count);
      }
      left -= count;
    }
    return null;
  }

  #add(position: number, count: number): void {
    const counts = this.#counts;
    if (counts.length === 0) this.#first = position;
    for (; this.#first > position; this.#first -= 1) counts.unshift(0);
    const index = position - this.#first;
    while (counts.length <= index) counts.push(0);
    counts[index] = (counts[index] ?? 0) + count;
  }
}
