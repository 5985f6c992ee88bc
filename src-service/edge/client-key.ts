import { isIP } from 'node:net';

/** What stands for the client behind an address where clients are counted: one has a whole /64 of IPv6 to send from. */
export function clientKey(address: string): string {
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
