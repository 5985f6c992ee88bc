import { isIPv6 } from 'node:net';
import type { BackendGuard } from '../../connector/policy/backend-guard.ts';
import { readListeningSockets, type ListeningSocket } from './listening-sockets.ts';

/** One place on this machine that may be a web server. */
export interface SiteCandidate {
  /** The address to dial: of this machine, never a name. */
  readonly address: string;
  readonly port: number;
  /** The host as an internal URL has it. */
  readonly host: string;
}

/** Asked where the system does not say what listens. */
const USUAL_PORTS = [
  80, 443, 3000, 3001, 4000, 4200, 5000, 5001, 5173, 5601, 7000, 8000, 8001, 8008, 8080, 8081, 8086, 8088, 8090, 8123,
  8181, 8200, 8443, 8888, 9000, 9001, 9090, 9091, 9443, 10000,
] as const;

/** Servers that speak first, or something else, and would take a request of HTTP for an attack or a fault. */
const OTHER_PROTOCOLS: ReadonlySet<number> = new Set([
  20, 21, 22, 23, 25, 53, 88, 110, 111, 135, 139, 143, 179, 389, 445, 464, 465, 514, 515, 587, 636, 873, 989, 990, 993,
  995, 1433, 1521, 1883, 2049, 2181, 2375, 2376, 3268, 3269, 3306, 3389, 4369, 5060, 5432, 5671, 5672, 5900, 6000, 6379,
  6432, 8883, 9042, 9092, 9300, 11211, 25672, 27017, 33060,
]);
const FIRST_EPHEMERAL_PORT = 32_768;
/** Own addresses beside the loopback ones that are tried where the system does not say what listens. */
const MAX_OWN_ADDRESSES = 2;

export interface CandidateOptions {
  /** The addresses of this machine's interfaces. */
  readonly ownAddresses: readonly string[];
  readonly leftOutPorts: ReadonlySet<number>;
  readonly limit: number;
  /** What the allow-list of this machine keeps from being contacted is not asked (B70). */
  readonly guard: BackendGuard;
  readonly readSockets?: typeof readListeningSockets;
}

/** Where to ask, likeliest first. Only addresses of this machine. */
export async function listSiteCandidates(options: CandidateOptions): Promise<readonly SiteCandidate[]> {
  const { ownAddresses, leftOutPorts, limit, guard, readSockets = readListeningSockets } = options;
  const own = ownAddresses.filter((address) => !isLinkLocal(address));
  const sockets = (await readSockets()) ?? guessSockets(own);
  const found = new Map<string, SiteCandidate>();
  for (const socket of sockets) {
    if (socket.port === 0 || leftOutPorts.has(socket.port) || OTHER_PROTOCOLS.has(socket.port)) continue;
    const candidate = describe(socket, own);
    // What listens on several addresses under one name is one site.
    const key = candidate === null ? '' : `${candidate.host} ${candidate.port}`;
    if (candidate === null || !isPermitted(guard, candidate)) continue;
    if (!found.has(key) || candidate.address === '127.0.0.1') found.set(key, candidate);
  }
  return [...found.values()].toSorted((one, other) => rank(one) - rank(other) || one.port - other.port).slice(0, limit);
}

function isPermitted(guard: BackendGuard, { host, port }: SiteCandidate): boolean {
  try {
    guard.check(host, port);
    return true;
  } catch {
    return false;
  }
}

function guessSockets(own: readonly string[]): readonly ListeningSocket[] {
  const addresses = ['127.0.0.1', ...own.filter((address) => !isIPv6(address)).slice(0, MAX_OWN_ADDRESSES)];
  return addresses.flatMap((address) => USUAL_PORTS.map((port) => ({ address, port })));
}

function describe({ address, port }: ListeningSocket, own: readonly string[]): SiteCandidate | null {
  if (address === '0.0.0.0' || address === '127.0.0.1') return { address: '127.0.0.1', port, host: 'localhost' };
  if (address === '0:0:0:0:0:0:0:0') return { address: '127.0.0.1', port, host: 'localhost' };
  if (address === '0:0:0:0:0:0:0:1') return { address: '::1', port, host: 'localhost' };
  if (address.startsWith('127.')) return { address, port, host: address };
  if (!own.some((each) => canonical(each) === canonical(address))) return null;
  return { address, port, host: isIPv6(address) ? canonical(address) : address };
}

/** An IPv6 address in brackets, as URLs have it; another one as it is. */
function canonical(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname : address;
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab]/i.test(address);
}

function rank({ port, host }: SiteCandidate): number {
  if ((USUAL_PORTS as readonly number[]).includes(port)) return host === 'localhost' ? 0 : 1;
  return port < FIRST_EPHEMERAL_PORT ? 2 : 3;
}
