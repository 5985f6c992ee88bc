/** When a process gives memory back to its system; docs/limits.md says what the numbers cost. */
export const MEMORY_RETURN_LIMITS = {
  /** From one look to the next, ms. */
  lookMs: 10_000,
  /** The share of that time in which a process that counts as quiet has been busy, at most. */
  maxBusyShare: 0.003,
  /** What it has to hold above what it held after the last time, octets. */
  minGrowthBytes: 32 * 1_048_576,
  /** From one time to the next, ms. */
  restMs: 60_000,
  /** A pause from which on it is told as more than a detail, ms. */
  longPauseMs: 200,
} as const;

/** What is known of earlier times. */
export interface MemoryReturnState {
  /** The least that was resident after the last time, octets: what stays is in use. */
  readonly floorBytes: number;
  /** When that was. */
  readonly givenAtMs: number;
}

/** A process between two looks. */
export interface MemorySample {
  /** A monotonic clock, ms. */
  readonly nowMs: number;
  /** The share of the time since the last look in which its event loop did something, 0 to 1. */
  readonly busyShare: number;
  readonly residentBytes: number;
}

/** Of a process that has just begun: what its start left behind is worth the first time. */
export const NOTHING_RETURNED: MemoryReturnState = { floorBytes: 0, givenAtMs: -Infinity };

/**
 * Whether it is time to look for what could be given back: next to nothing happens now, a few requests a second
 * being too much, and there is enough of it to be worth a pause, which grows with what is in use: 30 ms at 8 MiB, half a second at
 * 330. What grew and is in use is looked at once and not again and again. Pure.
 */
export function isReturnDue({ floorBytes, givenAtMs }: MemoryReturnState, sample: MemorySample): boolean {
  const { maxBusyShare, minGrowthBytes, restMs } = MEMORY_RETURN_LIMITS;
  if (sample.busyShare > maxBusyShare || sample.nowMs - givenAtMs < restMs) return false;
  return sample.residentBytes - floorBytes >= minGrowthBytes;
}

/** The state behind a look at which nothing was done: a process that shrank by itself may grow from there. Pure. */
export function afterLook(state: MemoryReturnState, { residentBytes }: MemorySample): MemoryReturnState {
  return residentBytes < state.floorBytes ? { ...state, floorBytes: residentBytes } : state;
}
