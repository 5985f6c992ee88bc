import { isMappedIpv4, parseIpAddress } from './ip-address.ts';

/** What stands for the client behind an address where clients are counted: one has a whole /64 of IPv6 to send from. */
export function clientKey(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseIpAddress(address);
  if (parsed === null) return address;
  const [first, second, , last] = parsed;
  if (isMappedIpv4(parsed)) return [last >>> 24, (last >>> 16) & 255, (last >>> 8) & 255, last & 255].join('.');
  return `${first.toString(16)}:${second.toString(16)}`;
}
