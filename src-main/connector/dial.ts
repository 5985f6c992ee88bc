import type { Socket } from 'node:net';

/** How a connection to a backend is opened: when it was begun, and when each step was done, on the clock of `performance.now`. */
export interface Dial {
  readonly beganAtMs: number;
  /** Null for an address, and where a proxy resolves the name. */
  resolvedAtMs: number | null;
  connectedAtMs: number | null;
  /** Null without TLS. */
  securedAtMs: number | null;
}

/** By what came of them: the connection, or the error. */
const dials = new WeakMap<object, Dial>();

export function beginDial(): Dial {
  return { beganAtMs: performance.now(), resolvedAtMs: null, connectedAtMs: null, securedAtMs: null };
}

/** Notes the steps of a socket that has just begun to connect. */
export function noteSteps(dial: Dial, socket: Socket): void {
  socket.once('lookup', (error: Error | null) => {
    if (error === null) dial.resolvedAtMs = performance.now();
  });
  socket.once('connect', () => {
    dial.connectedAtMs = performance.now();
  });
}

/** The connection stands, TLS included where there is any. */
export function endDial(dial: Dial, connection: object, isSecure: boolean): void {
  const nowMs = performance.now();
  dial.connectedAtMs ??= nowMs;
  if (isSecure) dial.securedAtMs = nowMs;
  keepDial(dial, connection);
}

/** @param outcome what came of it */
export function keepDial(dial: Dial, outcome: unknown): void {
  if (typeof outcome === 'object' && outcome !== null) dials.set(outcome, dial);
}

/** Of a connection or of the error that it failed with; null where there was none. */
export function dialOf(outcome: unknown): Dial | null {
  return typeof outcome === 'object' && outcome !== null ? (dials.get(outcome) ?? null) : null;
}
