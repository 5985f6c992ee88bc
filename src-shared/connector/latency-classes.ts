/** Upper ends of the classes of answer times, ms: from 1 ms to about two minutes, each by the square root of two longer. The last class has no end. */
const UPPER_MS: readonly number[] = Array.from({ length: 35 }, (_, index) => 2 ** (index / 2));
const CLASSES = UPPER_MS.length + 1;

/** Counts of answer times by class, as they are kept for each minute. */
export function makeLatencyCounts(): number[] {
  return Array.from({ length: CLASSES }, () => 0);
}

export function countLatency(counts: number[], ms: number): void {
  const position = ms <= 1 ? 0 : Math.min(CLASSES - 1, Math.ceil(2 * Math.log2(ms)));
  counts[position] = (counts[position] ?? 0) + 1;
}

/** Adds what `readLatencyCounts` or `countLatency` made. */
export function addLatencyCounts(sum: number[], counts: readonly number[]): void {
  for (const [index, count] of counts.entries()) sum[index] = (sum[index] ?? 0) + count;
}

/** As text: classes from the first to the last that has a count. */
export function writeLatencyCounts(counts: readonly number[]): string {
  const end = counts.findLastIndex((count) => count > 0) + 1;
  return counts.slice(0, end).join(',');
}

export function readLatencyCounts(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number);
}

/** The time within which `share` (0 to 1) of the answers came, ms, by even spread within its class; null without answers. */
export function latencyQuantile(counts: readonly number[], share: number): number | null {
  const whole = counts.reduce((sum, count) => sum + count, 0);
  if (whole === 0) return null;
  let left = share * whole;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && left <= count) {
      const lower = index === 0 ? 0 : (UPPER_MS[index - 1] ?? 0);
      const upper = UPPER_MS[index] ?? lower;
      return lower + (upper - lower) * (left / count);
    }
    left -= count;
  }
  return UPPER_MS.at(-1) ?? null;
}
