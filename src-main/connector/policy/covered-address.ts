import type { AddressRanges } from '../../../src-shared/addresses/address-ranges.ts';
import { translatedIpv4 } from '../../../src-shared/addresses/embedded-addresses.ts';
import { parseIpAddress } from '../../../src-shared/addresses/ip-address.ts';

/** Whether an address lies in one of the ranges. One of IPv4 counts as well where the NAT64 of the network stands for it (RFC 6052). */
export function isCovered(ranges: AddressRanges, text: string): boolean {
  const address = parseIpAddress(text);
  if (address === null) return false;
  const translated = translatedIpv4(address);
  return ranges.has(address) || (translated !== null && ranges.has(translated));
}
