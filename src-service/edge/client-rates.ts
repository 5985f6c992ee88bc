import { isIP } from 'node:net';
import { RequestRate } from './request-rate.ts';

/** Addresses whose rate is known; the one that asked least recently is forgotten first. */
const MAX_CLIENTS = 10_000;

/**
 * How many requests of nobody in particular one address may send a second: what comes with no session in memory. People who
 * are signed in are not counted here, so that an office behind one address is not slowed down by its number.
 */
export class ClientRates {
  readonly #perSecond: number;
  readonly #rates = new Map<string, RequestRate>();

  /** @param perSecond 0 for no limit */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @returns whether the request may pass; it is counted then */
  take(address: string, nowMs: number): boolean {
    if (this.#perSecond === 0) return true;
    const client = clientOf(address);
    const rate = this.#rates.get(client) ?? new RequestRate(this.#perSecond);
    const isAllowed = rate.allows(nowMs);
    if (isAllowed) rate.take(nowMs);
    // Last in the order of the map.
    this.#rates.delete(client);
    this.#rates.set(client, rate);
    if (this.#rates.size > MAX_CLIENTS) this.#rates.delete(this.#rates.keys().next().value ?? '');
    return isAllowed;
  }
}

/** One client has a whole /64 of IPv6 to send from. */
function clientOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) {
    const tailGroups = tail.split(':').filter((group) => group !== '');
    while (groups.length + tailGroups.length < 8) groups.push('0');
    groups.push(...tailGroups);
  }
  return groups.slice(0, 4).join(':');
}
