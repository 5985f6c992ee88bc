/** Buckets of a latency histogram; each is √2 times as wide as the one before. */
export const LATENCY_BUCKETS = 36;
const FIRST_BOUND_MS = 0.5;
const BUCKETS_PER_DOUBLING = 2;

/** The longest time that a bucket holds, ms. The last one holds everything above the one before it. */
export function latencyBoundMs(bucket: number): number {
  return FIRST_BOUND_MS * 2 ** (bucket / BUCKETS_PER_DOUBLING);
}

/** The bucket of a time in ms. */
export function latencyBucket(ms: number): number {
  if (!(ms > FIRST_BOUND_MS)) return 0;
  return Math.min(LATENCY_BUCKETS - 1, Math.ceil(Math.log2(ms / FIRST_BOUND_MS) * BUCKETS_PER_DOUBLING));
}

/**
 * The time below which a share of what was counted lies, ms, evenly spread within its bucket; so at most 42 % off and mostly
 * far less. Null where nothing was counted.
 * @param share 0 to 1
 */
export function latencyQuantileMs(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count === 0 || before + count < share * total) {
      before += count;
      continue;
    }
    const lowerMs = bucket === 0 ? 0 : latencyBoundMs(bucket - 1);
    const within = (share * total - before) / count;
    return Math.round((lowerMs + (latencyBoundMs(bucket) - lowerMs) * within) * 100) / 100;
  }
  return latencyBoundMs(LATENCY_BUCKETS - 1);
}
