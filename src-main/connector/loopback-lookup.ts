import { ADDRCONFIG, type LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { type FoundAddress, lookupThreads, NameLookups } from '../../src-shared/addresses/name-lookups.ts';

/** The addresses of this machine, IPv4 first: what listens on one family only listens on this one nearly always. */
const LOOPBACK_ADDRESSES: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Whether a name is `localhost` or ends in `.localhost`, which must mean this machine (RFC 6761, section 6.3). */
function isLoopbackName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost');
}

/** Says which addresses a name has. */
export type FindAddresses = (hostname: string) => Promise<readonly FoundAddress[]>;

/**
 * Makes what finds the addresses of names: of this machine's by itself, of all others by the system, for the families that this
 * machine has. glibc, unlike browsers, asks the network's name server for `*.localhost`. Made once by whoever composes a process or
 * a worker thread, as all look-ups share libuv's threads.
 */
export function makeFindAddresses(): FindAddresses {
  const names = new NameLookups({
    resolve: async (hostname) =>
      systemLookup(hostname, { all: true, hints: process.platform === 'win32' ? 0 : ADDRCONFIG }),
    threads: lookupThreads(process.env['UV_THREADPOOL_SIZE']),
    now: () => performance.now(),
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  });
  return async (hostname) => (isLoopbackName(hostname) ? LOOPBACK_ADDRESSES : names.find(hostname));
}

/** Resolves names for `net.connect` and its relatives. */
export function lookupWith(find: FindAddresses): LookupFunction {
  return (hostname, options, answer) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    find(hostname).then(
      (found) => {
        const fitting = found.filter((entry) => family === 0 || entry.family === family);
        const [first] = fitting;
        if (first === undefined) answer(notFound(hostname), []);
        else if (options.all === true) answer(null, fitting);
        else answer(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => answer(error, []),
    );
  };
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
}
