import { networkInterfaces } from 'node:os';

/** The engine's side effects that a test wants to hold in its hand. */
export interface EngineRuntime {
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** Monotonic clock, ms. */
  monotonicMs(): number;
  /** Evenly distributed in [0, 1). */
  random(): number;
  /** What tells one network from another: the addresses of this machine, as one text. */
  networkAddresses(): string;
}

/** The clocks and the chance of this process. */
export const systemRuntime: EngineRuntime = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  networkAddresses: () =>
    Object.values(networkInterfaces())
      .flatMap((addresses) => addresses?.map(({ address, internal }) => (internal ? '' : address)) ?? [])
      .toSorted()
      .join(' '),
};

/** A log with the methods of pino: fields first, then a stable dotted event name. */
export interface EngineLog {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
