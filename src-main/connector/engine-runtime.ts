import { networkInterfaces } from 'node:os';
import { type FindAddresses, makeFindAddresses } from './loopback-lookup.ts';

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
  readonly findAddresses: FindAddresses;
}

/** The clocks, the chance and the names of this process; made once. */
export function makeSystemRuntime(): EngineRuntime {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: () => Math.random(),
    networkAddresses: () =>
      Object.values(networkInterfaces())
        .flatMap((addresses) => addresses?.map(({ address, internal }) => (internal ? '' : address)) ?? [])
        .toSorted()
        .join(' '),
    findAddresses: makeFindAddresses(),
  };
}

/** A log with the methods of pino: fields first, then a stable dotted event name. */
export interface EngineLog {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
