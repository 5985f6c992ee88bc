import { AddressRanges } from './address-ranges.ts';
import { type IpAddress, mappedIpv4 } from './ip-address.ts';

/** Whom networks with DNS64 and NAT64 write so (RFC 6052 section 2.1). */
const NAT64 = new AddressRanges(['64:ff9b::/96']);
/** NAT64 of a network's own (RFC 8215), as most have it: the address in the last 32 bits. */
const LOCAL_NAT64 = new AddressRanges(['64:ff9b:1::/48']);
/** RFC 2765: `::ffff:0:a.b.c.d`. */
const TRANSLATED = new AddressRanges(['::ffff:0:0:0/96']);
/** RFC 4291 section 2.5.5.1, deprecated: `::a.b.c.d`. */
const COMPATIBLE = new AddressRanges(['::/96']);
const SIX_TO_FOUR = new AddressRanges(['2002::/16']);
const TEREDO = new AddressRanges(['2001::/32']);
/** The third words of ISATAP (RFC 5214 section 6.1), of private addresses and of others. */
const ISATAP_WORDS = [0x0000_5efe, 0x0200_5efe];

/** The address of IPv4 to which a NAT64 leads whoever goes to this one; null where it is none such. */
export function translatedIpv4(address: IpAddress): IpAddress | null {
  return NAT64.has(address) ? mappedIpv4(address[3]) : null;
}

/**
 * The addresses of IPv4 that the end of a tunnel, a translator or an old stack may lead to from this one of IPv6: 6to4 (RFC
 * 3056), Teredo (RFC 4380: server and client), ISATAP, IPv4-compatible and IPv4-translated ones, NAT64. No name of an honest backend
 * resolves to one that hides an address that is refused by itself.
 */
export function hiddenIpv4s(address: IpAddress): readonly IpAddress[] {
  const [first, second, third, last] = address;
  if (SIX_TO_FOUR.has(address)) return [mappedIpv4((first << 16) | (second >>> 16))];
  if (TEREDO.has(address)) return [mappedIpv4(second), mappedIpv4(~last)];
  // `::` and `::1` are addresses of their own.
  const isCompatible = COMPATIBLE.has(address) && last > 1;
  const isInLastWord =
    isCompatible ||
    ISATAP_WORDS.includes(third) ||
    [NAT64, LOCAL_NAT64, TRANSLATED].some((ranges) => ranges.has(address));
  return isInLastWord ? [mappedIpv4(last)] : [];
}
