/** The engine's side effects that a test wants to hold in its hand. */
export interface EngineRuntime {
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** Monotonic clock, ms. */
  monotonicMs(): number;
  /** Evenly distributed in [0, 1). */
  random(): number;
}

/** The clocks and the chance of this process. */
export const systemRuntime: EngineRuntime = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
};

/** A log with the methods of pino: fields first, then a stable dotted event name. */
export interface EngineLog {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
