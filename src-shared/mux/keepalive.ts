import type { Mux } from './mux.ts';

/** A gap between two ticks that is this many times the tick itself says that this process slept, not the peer. */
const OVERSLEPT_FACTOR = 3;
/** How long a frame or a control message may stand half received, ms: what drips counts as life, but not for ever. */
const PARTIAL_DEADLINE_MS = 60_000;
/** What a peer has to show that it still knows us, after we slept so long that it must have taken us for dead, ms. */
const WAKE_PROOF_MS = 3000;
/** How old the last PING may be on a tunnel that is never silent, ms: its windows grow by the round trip. */
const ROUND_TRIP_AGE_MS = 30_000;

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
 * event loop was blocked) the count of silence begins anew, so that a late look is not taken for a dead peer; after a
 * sleep in which the peer must have given up, it begins near its end, so that a new tunnel is dialled soon.
 */
export class Keepalive {
  readonly #mux: Mux;
  readonly #times: KeepaliveTimes;
  readonly #wallNow: () => number;
  #tickedAtMs: number;
  #tickedAtWallMs: number;
  #countFromMs: number;
  #pingedAtMs: number;
  /** The last octet before we stood still: it says nothing of what came after, whatever clock it was read from. */
  #staleOctetAtMs: number;

  /** @param wallNow the wall clock, ms: where a machine sleeps, monotonic clocks of some systems stand still. */
  constructor(mux: Mux, times: KeepaliveTimes, wallNow: () => number = () => mux.now()) {
    this.#mux = mux;
    this.#times = times;
    this.#wallNow = wallNow;
    this.#tickedAtMs = mux.now();
    this.#tickedAtWallMs = wallNow();
    this.#countFromMs = this.#tickedAtMs;
    this.#pingedAtMs = this.#tickedAtMs;
    this.#staleOctetAtMs = mux.receivedAtMs;
  }

  /** Looks once: sends a PING where one is due. @returns false when the peer is gone. */
  tick(): boolean {
    const nowMs = this.#mux.now();
    const wallNowMs = this.#wallNow();
    const { tickMs, deadAfterMs, pingIntervalMs } = this.#times;
    const sinceTickMs = Math.max(nowMs - this.#tickedAtMs, wallNowMs - this.#tickedAtWallMs);
    this.#tickedAtMs = nowMs;
    this.#tickedAtWallMs = wallNowMs;
    if (sinceTickMs > tickMs * OVERSLEPT_FACTOR) {
      this.#countFromMs = sinceTickMs < deadAfterMs ? nowMs : nowMs - Math.max(0, deadAfterMs - WAKE_PROOF_MS);
      this.#staleOctetAtMs = this.#mux.receivedAtMs;
      this.#mux.ping();
    }
    const partialSinceMs = this.#mux.partialSinceMs;
    if (partialSinceMs !== null && nowMs - Math.max(partialSinceMs, this.#countFromMs) >= PARTIAL_DEADLINE_MS) {
      this.#mux.close('TUNNEL_TIMEOUT', `A frame was begun and not finished within ${PARTIAL_DEADLINE_MS / 1000} s.`);
      return false;
    }
    const { receivedAtMs } = this.#mux;
    const isHeard = receivedAtMs !== this.#staleOctetAtMs;
    const silenceMs = nowMs - (isHeard ? Math.max(receivedAtMs, this.#countFromMs) : this.#countFromMs);
    if (silenceMs >= pingIntervalMs || nowMs - this.#pingedAtMs >= ROUND_TRIP_AGE_MS) {
      this.#pingedAtMs = nowMs;
      this.#mux.ping();
    }
    // The next look would be up to a tick too late.
    return !(this.#mux.isPingOutstanding && silenceMs + tickMs > deadAfterMs);
  }
}
