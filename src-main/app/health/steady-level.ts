/** How long a change must last before it is believed. */
export interface SteadyOptions {
  /** For a change to the worse. */
  readonly worseHoldMs: number;
  /** For a change to the better that does not reach the best. */
  readonly partlyBetterHoldMs: number;
  /** For a change to the best. */
  readonly bestHoldMs: number;
}

/** How long changes are remembered for the length of the wait. */
export const MEMORY_MS = 10 * 60_000;
const MAX_DOUBLINGS = 5;

/** A level that follows what is seen only once that has lasted: what flaps is not believed, and the longer it flaps the less. */
export interface SteadyLevel {
  /** Believed. 0 is the best; the higher, the worse. */
  readonly level: number;
  /** Last seen, and since when. */
  readonly seen: number;
  readonly seenSinceMs: number;
  /** When `level` has changed within the memory, oldest first. */
  readonly changesAtMs: readonly number[];
}

export function makeSteadyLevel(level: number, nowMs: number): SteadyLevel {
  return { level, seen: level, seenSinceMs: nowMs, changesAtMs: [] };
}

/** Takes what is seen now; also without news, as time alone makes a change believed. Pure. */
export function step(state: SteadyLevel, seen: number, nowMs: number, options: SteadyOptions): SteadyLevel {
  const next = seen === state.seen ? state : { ...state, seen, seenSinceMs: nowMs };
  if (seen === next.level || nowMs < believedAtMs(next, nowMs, options)) return next;
  const changesAtMs = [...recent(next, nowMs), nowMs].slice(-MAX_DOUBLINGS - 1);
  return { ...next, level: seen, changesAtMs };
}

function believedAtMs(state: SteadyLevel, nowMs: number, options: SteadyOptions): number {
  const isWorse = state.seen > state.level;
  const holdMs = isWorse ? options.worseHoldMs : state.seen > 0 ? options.partlyBetterHoldMs : options.bestHoldMs;
  // The first failure and its end are news; what comes again soon has to last longer each time.
  const doublings = Math.min(MAX_DOUBLINGS, Math.max(0, recent(state, nowMs).length - 1));
  return state.seenSinceMs + holdMs * 2 ** doublings;
}

function recent({ changesAtMs }: SteadyLevel, nowMs: number): readonly number[] {
  return changesAtMs.filter((atMs) => nowMs - atMs < MEMORY_MS);
}
