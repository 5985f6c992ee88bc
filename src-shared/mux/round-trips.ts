import { readUint32, writeUint32 } from '../wire/frame.ts';

const PING_BYTES = 8;
/** Assumed until the first PONG. */
const INITIAL_ROUND_TRIP_MS = 20;
/** Round trips of which the least counts: minutes, so that a way that has become longer is known for it. */
const REMEMBERED_ROUND_TRIPS = 10;

/** What PINGs and their PONGs say of the way to the peer. One is outstanding at a time. */
export class RoundTrips {
  #sequence = 0;
  #sentAtMs: number | null = null;
  /** The last ones, the newest at the end. */
  readonly #lastMs: number[] = [];

  get isPingOutstanding(): boolean {
    return this.#sentAtMs !== null;
  }

  /** The least of the last ones, as good as the way can be, ms. */
  get leastMs(): number {
    return this.#lastMs.length === 0 ? INITIAL_ROUND_TRIP_MS : Math.min(...this.#lastMs);
  }

  /** The last one, ms; null before the first PONG. */
  get measuredMs(): number | null {
    return this.#lastMs.at(-1) ?? null;
  }

  /** @returns the payload of the PING to send; null while one is outstanding */
  ping(nowMs: number): Uint8Array | null {
    if (this.#sentAtMs !== null) return null;
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#sentAtMs = nowMs;
    const payload = new Uint8Array(PING_BYTES);
    writeUint32(payload, 4, this.#sequence);
    return payload;
  }

  /** Takes the payload of a PONG; one that answers no outstanding PING says nothing. */
  pong(payload: Uint8Array, nowMs: number): void {
    if (this.#sentAtMs === null || readUint32(payload, 4) !== this.#sequence) return;
    if (this.#lastMs.push(nowMs - this.#sentAtMs) > REMEMBERED_ROUND_TRIPS) this.#lastMs.shift();
    this.#sentAtMs = null;
  }
}

/** What a PONG carries of its PING. */
export function pongPayload(ping: Uint8Array): Uint8Array {
  return ping.subarray(0, PING_BYTES);
}
