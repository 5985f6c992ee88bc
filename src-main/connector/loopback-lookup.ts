import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** The addresses of this machine, IPv4 first: what listens on one family only listens on this one nearly always. */
export const LOOPBACK_ADDRESSES: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Whether a name is `localhost` or ends in `.localhost`, which must mean this machine (RFC 6761, section 6.3). */
export function isLoopbackName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost');
}

/**
 * Resolves names for `net.connect` and its relatives: names of this machine by itself, all others by the system.
 * glibc, unlike browsers, asks the network's name server for `*.localhost`.
 */
export const loopbackLookup: LookupFunction = (hostname, options, callback) => {
  if (!isLoopbackName(hostname)) {
    systemLookup(hostname, options, callback);
    return;
  }
  const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
  const addresses = family === 0 ? LOOPBACK_ADDRESSES : LOOPBACK_ADDRESSES.filter((entry) => entry.family === family);
  const [first] = addresses;
  process.nextTick(() => {
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '127.0.0.1', first?.family ?? 4);
  });
};
