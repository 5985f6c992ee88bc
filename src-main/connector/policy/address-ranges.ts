import { BlockList, isIP } from 'node:net';

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** Addresses and networks in CIDR notation, IPv4 and IPv6. */
export class AddressRanges {
  readonly #list = new BlockList();
  readonly #ranges: readonly { readonly address: string; readonly prefix: number }[];

  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map((range) => {
      const [address = '', prefix] = range.split('/');
      const isVersion6 = isIP(address) === 6;
      const bits = isVersion6 ? IPV6_BITS : IPV4_BITS;
      return { address, prefix: prefix === undefined ? bits : Number(prefix) };
    });
    for (const { address, prefix } of this.#ranges) this.#list.addSubnet(address, prefix, familyOf(address));
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Whether an address lies in one of them. One of IPv4 counts in whatever way IPv6 writes it. */
  has(address: string): boolean {
    const bare = address.replace(/%.*$/, '');
    if (isIP(bare) === 0) return false;
    if (this.#list.check(bare, familyOf(bare))) return true;
    const embedded = embeddedIpv4(bare);
    return embedded !== null && this.#list.check(embedded, 'ipv4');
  }

  /** Those that lie in one of `others` as a whole. */
  within(others: AddressRanges): AddressRanges {
    const inner = this.#ranges.filter(({ address, prefix }) =>
      others.#ranges.some(
        (other) =>
          other.prefix <= prefix && familyOf(other.address) === familyOf(address) && oneRange(other).has(address),
      ),
    );
    return new AddressRanges(inner.map(({ address, prefix }) => `${address}/${prefix}`));
  }
}

function oneRange({ address, prefix }: { readonly address: string; readonly prefix: number }): AddressRanges {
  return new AddressRanges([`${address}/${prefix}`]);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** The address of IPv4 that the NAT of a network with DNS64 makes of this one (RFC 6052); null where it is none such. */
function embeddedIpv4(address: string): string | null {
  const tail = /^64:ff9b::(.+)$/i.exec(address)?.[1];
  if (tail === undefined) return null;
  if (isIP(tail) === 4) return tail;
  const groups = tail.split(':').map((group) => Number.parseInt(group, 16));
  const [low = 0, high = 0] = groups.toReversed();
  return groups.length > 2 ? null : [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
