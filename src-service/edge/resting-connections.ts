import { Newcomers } from '../relay/newcomers.ts';

/** A connection that has had a request, and on which it is the turn of its user: to ask, to send a body, to take an answer. */
export interface RestingConnection {
  readonly address: string;
  /** Since when, about: the less the longer. Now, where a request is under way. */
  readonly sinceMs: number;
  end(): void;
}

export interface RestingConnectionsOptions {
  /** Of the listener. */
  readonly maxConnections: number;
  /** Those that rest now. Asked for when the listener is nearly full. */
  readonly find: () => Iterable<RestingConnection>;
  /** Whether an address is that of a proxy, whose connections carry many users. */
  readonly isProxy: (address: string) => boolean;
}

/** The part of all connections that is kept free for whoever comes, and made free in one go. */
const FREE_PART = 0.05;
/** For so long the listener's count may not have heard of all that were ended. */
const PAUSE_MS = 5;
/** Where all are busy, they are not looked through for each that comes. */
const VAIN_PAUSE_MS = 100;

/**
 * Has connections that rest give way where a listener is nearly full: those that have rested for longest, of the address that
 * has the most of them first (`Newcomers`); those of trusted proxies only where there are no others.
 */
export class RestingConnections {
  readonly #options: RestingConnectionsOptions;
  readonly #freeCount: number;
  #looksAgainAtMs = 0;

  constructor(options: RestingConnectionsOptions) {
    this.#options = options;
    this.#freeCount = Math.ceil(options.maxConnections * FREE_PART);
  }

  /** A connection came, and there are so many now. */
  onConnection(count: number): void {
    if (count <= this.#options.maxConnections - this.#freeCount) return;
    const nowMs = performance.now();
    if (nowMs < this.#looksAgainAtMs) return;
    this.#looksAgainAtMs = nowMs + (this.#makeRoom() ? PAUSE_MS : VAIN_PAUSE_MS);
  }

  /** @returns whether any rested */
  #makeRoom(): boolean {
    const { find, isProxy } = this.#options;
    const all = [...find()].toSorted((a, b) => a.sinceMs - b.sinceMs);
    const others = all.filter(({ address }) => !isProxy(address));
    const candidates = others.length > 0 ? others : all;
    const staying = new Newcomers<RestingConnection>(Math.max(0, candidates.length - this.#freeCount));
    for (const each of candidates) staying.add(each, each.address)?.end();
    return candidates.length > 0;
  }
}
