import { BlockList, isIP } from 'node:net';

/** What the edge believes about who sent a request. */
export interface ClientAddress {
  /** Address of the user's client. */
  readonly remoteAddress: string;
  readonly scheme: 'http' | 'https';
  /** The chain for `X-Forwarded-For`: what a trusted proxy sent, then our peer (B28). */
  readonly forwardedFor: string;
}

/**
 * Upstream proxies (load balancers) whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed (B28). From anyone
 * else these headers are worth nothing.
 */
export class TrustedProxies {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  /** @param entries addresses or networks in CIDR notation; others are refused by the configuration's schema */
  constructor(entries: readonly string[]) {
    this.#isEmpty = entries.length === 0;
    for (const entry of entries) {
      const [address = '', prefix] = entry.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  /**
   * Reads who sent a request.
   *
   * @param peerAddress address of the other end of the connection
   * @param isEncrypted whether that connection is TLS
   * @param forwardedFor all `X-Forwarded-For` values joined by `, `, as they came
   * @param forwardedProto `X-Forwarded-Proto` as it came
   */
  resolve(
    peerAddress: string,
    isEncrypted: boolean,
    forwardedFor: string | undefined,
    forwardedProto: string | undefined,
  ): ClientAddress {
    const peer = plainAddress(peerAddress);
    const scheme = isEncrypted ? 'https' : 'http';
    if (this.#isEmpty || !this.#has(peer)) return { remoteAddress: peer, scheme, forwardedFor: peer };
    const chain = (forwardedFor ?? '').split(',').map((entry) => plainAddress(entry.trim()));
    const addresses = chain.filter((entry) => isIP(entry) !== 0);
    return {
      // The last address that is no proxy of ours: what stands before it could be the client's own invention.
      remoteAddress: addresses.findLast((entry) => !this.#has(entry)) ?? addresses[0] ?? peer,
      scheme: forwardedProto === 'https' || forwardedProto === 'http' ? forwardedProto : scheme,
      forwardedFor: [...addresses, peer].join(', '),
    };
  }

  #has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/** An IPv4 address that a dual-stack socket shows as `::ffff:a.b.c.d`, in its own form. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
