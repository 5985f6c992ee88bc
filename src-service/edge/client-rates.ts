import { clientKey } from '../../src-shared/addresses/client-key.ts';
import { RequestRate } from './request-rate.ts';

/** Addresses whose rate is known; the one that asked least recently is forgotten first. */
const MAX_CLIENTS = 10_000;

/** How many requests a second one client address may send of a kind, and others for it: a /64 of IPv6 is one address. */
export class ClientRates {
  readonly #perSecond: number;
  readonly #burstMs: number | undefined;
  readonly #rates = new Map<string, RequestRate>();

  /**
   * @param perSecond 0 for no limit
   * @param burstMs what may come at once: the requests of so much time; of a second where absent
   */
  constructor(perSecond: number, burstMs?: number) {
    this.#perSecond = perSecond;
    this.#burstMs = burstMs;
  }

  /** Whether one more request may pass; none is counted. */
  allows(address: string, nowMs: number): boolean {
    return this.#perSecond === 0 || (this.#rates.get(clientKey(address))?.allows(nowMs) ?? true);
  }

  /** @returns whether the request may pass; it is counted then */
  take(address: string, nowMs: number): boolean {
    if (this.#perSecond === 0) return true;
    const client = clientKey(address);
    const rate = this.#rates.get(client) ?? new RequestRate(this.#perSecond, this.#burstMs);
    const isAllowed = rate.allows(nowMs);
    if (isAllowed) rate.take(nowMs);
    // Last in the order of the map.
    this.#rates.delete(client);
    this.#rates.set(client, rate);
    if (this.#rates.size > MAX_CLIENTS) this.#rates.delete(this.#rates.keys().next().value ?? '');
    return isAllowed;
  }
}
