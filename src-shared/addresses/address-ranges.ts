import { type IpAddress, isMappedIpv4, parseIpAddress } from './ip-address.ts';

const IPV4_BITS = 32;
const IPV6_BITS = 128;
const WORD_BITS = 32;

/** Addresses whose first bits are those of `address`. */
interface Range {
  readonly address: IpAddress;
  /** Of the 128 bits. */
  readonly prefix: number;
}

/**
 * Addresses and networks in CIDR notation, IPv4 and IPv6. `test/unit/address-ranges.test.ts` compares it with Node's `BlockList`,
 * which this room may not use.
 */
export class AddressRanges {
  readonly #ranges: readonly Range[];

  /** @param entries addresses or networks; what is neither holds nothing, and must have been refused by a schema */
  constructor(entries: readonly (string | Range)[]) {
    this.#ranges = entries
      .map((entry) => (typeof entry === 'string' ? parseRange(entry) : entry))
      .filter((range) => range !== null);
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Whether an address is within; what is no address is not. One of IPv4 is the same in its mapped form. */
  has(address: string | IpAddress): boolean {
    if (this.isEmpty) return false;
    const parsed = typeof address === 'string' ? parseIpAddress(address) : address;
    return parsed !== null && this.#ranges.some((range) => isWithin(parsed, range));
  }

  /** Those that lie in one of `others` as a whole. */
  within(others: AddressRanges): AddressRanges {
    return new AddressRanges(
      this.#ranges.filter(({ address, prefix }) =>
        others.#ranges.some((other) => other.prefix <= prefix && isWithin(address, other)),
      ),
    );
  }
}

/** A range from its text; null for what is none. */
function parseRange(text: string): Range | null {
  const [start = '', length, ...more] = text.split('/');
  const address = parseIpAddress(start);
  if (address === null || more.length > 0) return null;
  const isIpv4 = isMappedIpv4(address) && !start.includes(':');
  const bits = isIpv4 ? IPV4_BITS : IPV6_BITS;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
  const own = length === undefined ? bits : Number(length);
  return own > bits ? null : { address, prefix: own + IPV6_BITS - bits };
}

function isWithin(address: IpAddress, { address: start, prefix }: Range): boolean {
  for (let index = 0, bits = prefix; bits > 0; index += 1, bits -= WORD_BITS) {
    const differing = ((address[index] ?? 0) ^ (start[index] ?? 0)) >>> 0;
    if (bits >= WORD_BITS ? differing !== 0 : differing >>> (WORD_BITS - bits) !== 0) return false;
  }
  return true;
}
