/** Upper ends of the classes in files of versions before 7, ms: from 1 ms on each by the square root of two longer. The last class has no end. */
const UPPER_MS: readonly number[] = Array.from({ length: 35 }, (_, index) => 2 ** (index / 2));
const PARTS = 8;

/** Tells counts of these classes as counts of moments spread evenly within each. */
export function spreadFormerCounts(counts: readonly number[], tell: (ms: number, count: number) => void): void {
  for (const [index, count] of counts.entries()) {
    const lower = UPPER_MS[index - 1] ?? 0;
    const width = (UPPER_MS[index] ?? lower) - lower;
    for (let part = 0; part < PARTS; part += 1) {
      // Rounded as a sum, so that all of them are told in the end.
      const share = Math.round((count * (part + 1)) / PARTS) - Math.round((count * part) / PARTS);
      if (share > 0) tell(lower + (width * (part + 0.5)) / PARTS, share);
    }
  }
}
