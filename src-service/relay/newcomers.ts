import { clientKey } from '../../src-shared/addresses/client-key.ts';

/**
 * Those who came and have shown nothing yet. Of a bounded number: where there are more, the one goes that has waited for longest
 * of the address that has the most of them. A flood from few addresses so hits itself; behind a load balancer, where all have one
 * address, whoever is quick stays. Nothing here takes longer the more there are.
 */
export class Newcomers<Item> {
  readonly #max: number;
  readonly #clients = new Map<Item, string>();
  readonly #items = new Map<string, Set<Item>>();
  /** Addresses by how many each has, those first that have had so many for longest. */
  readonly #byCount = new Map<number, Set<string>>();
  #most = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** @returns who has to go for it, and is no longer one of them; null where there is room */
  add(item: Item, address: string): Item | null {
    const client = clientKey(address);
    const items = this.#items.get(client) ?? new Set();
    this.#items.set(client, items.add(item));
    this.#clients.set(item, client);
    this.#count(client, items.size - 1, items.size);
    if (this.#clients.size <= this.#max) return null;
    const [crowd = client] = this.#byCount.get(this.#most) ?? [];
    const [oldest = item] = this.#items.get(crowd) ?? [];
    this.remove(oldest);
    return oldest;
  }

  /** It has shown what it is, or is gone. @returns whether it was one of them */
  remove(item: Item): boolean {
    const client = this.#clients.get(item);
    const items = client === undefined ? undefined : this.#items.get(client);
    if (client === undefined || items === undefined) return false;
    this.#clients.delete(item);
    items.delete(item);
    if (items.size === 0) this.#items.delete(client);
    this.#count(client, items.size + 1, items.size);
    return true;
  }

  #count(client: string, before: number, now: number): void {
    const left = this.#byCount.get(before);
    left?.delete(client);
    if (left?.size === 0) this.#byCount.delete(before);
    if (now > 0) this.#byCount.set(now, (this.#byCount.get(now) ?? new Set()).add(client));
    if (now > this.#most || !this.#byCount.has(this.#most)) this.#most = now;
  }
}
