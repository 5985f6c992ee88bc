import type { Mux } from './mux.ts';

/** A gap between two ticks that is this many times the tick itself says that this process slept, not the peer. */
const OVERSLEPT_FACTOR = 3;
/** How long a frame or a control message may stand half received, ms: what drips counts as life, but not for ever. */
const PARTIAL_DEADLINE_MS = 60_000;

/** How a tunnel is watched, ms. */
export interface KeepaliveTimes {
  /** Silence after which a PING goes out. */
  readonly pingIntervalMs: number;
  /** Silence, with a PING outstanding, after which the peer counts as gone. */
  readonly deadAfterMs: number;
  /** How often `tick` is called. */
  readonly tickMs: number;
}

/**
 * Tells a dead peer from a quiet one. Any octet counts as life. After this process itself stood still (suspended, or its
 * event loop was blocked) the count of silence begins anew, so that a late look is not taken for a dead peer.
 */
export class Keepalive {
  readonly #mux: Mux;
  readonly #times: KeepaliveTimes;
  #tickedAtMs: number;
  #countFromMs: number;

  constructor(mux: Mux, times: KeepaliveTimes) {
    this.#mux = mux;
    this.#times = times;
    this.#tickedAtMs = mux.now();
    this.#countFromMs = this.#tickedAtMs;
  }

  /** Looks once: sends a PING where one is due. @returns false when the peer is gone. */
  tick(): boolean {
    const nowMs = this.#mux.now();
    const sinceTickMs = nowMs - this.#tickedAtMs;
    this.#tickedAtMs = nowMs;
    if (sinceTickMs > this.#times.tickMs * OVERSLEPT_FACTOR) {
      this.#countFromMs = nowMs;
      this.#mux.ping();
    }
    const partialSinceMs = this.#mux.partialSinceMs;
    if (partialSinceMs !== null && nowMs - Math.max(partialSinceMs, this.#countFromMs) >= PARTIAL_DEADLINE_MS) {
      this.#mux.close('TUNNEL_TIMEOUT', `A frame was begun and not finished within ${PARTIAL_DEADLINE_MS / 1000} s.`);
      return false;
    }
    const silenceMs = nowMs - Math.max(this.#mux.receivedAtMs, this.#countFromMs);
    if (silenceMs >= this.#times.pingIntervalMs) this.#mux.ping();
    return !(this.#mux.isPingOutstanding && silenceMs >= this.#times.deadAfterMs);
  }
}
