import { ADDRCONFIG, type LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { type FoundAddress, lookupThreads, NameLookups } from '../../src-shared/addresses/name-lookups.ts';

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

/** Those of the whole process, whose threads they share. As net.connect asks: for families that this machine has. */
const systemNames = new NameLookups({
  resolve: async (hostname) =>
    systemLookup(hostname, { all: true, hints: process.platform === 'win32' ? 0 : ADDRCONFIG }),
  threads: lookupThreads(process.env['UV_THREADPOOL_SIZE']),
  now: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
});

/**
 * The addresses of a name: of this machine's by itself, of all others by the system. glibc, unlike browsers, asks the network's
 * name server for `*.localhost`.
 */
export async function findAddresses(hostname: string): Promise<readonly FoundAddress[]> {
  return isLoopbackName(hostname) ? LOOPBACK_ADDRESSES : systemNames.find(hostname);
}

/** Resolves names for `net.connect` and its relatives. @param find what knows the addresses of a name */
export function lookupWith(find: (hostname: string) => Promise<readonly FoundAddress[]>): LookupFunction {
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

export const loopbackLookup = lookupWith(findAddresses);

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
}
