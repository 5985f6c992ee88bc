import { isIP } from 'node:net';
import { AddressRanges } from '../../../src-shared/addresses/address-ranges.ts';
import { makeReason, type Reason } from '../../../src-shared/errors/reasons.ts';
import { type AllowRule, portsOf } from '../../../src-shared/connector/allow-list.ts';
import { compileTimeWindows } from '../../../src-shared/publishing/time-windows.ts';
import { isCovered } from './covered-address.ts';
import { PROTECTED_ADDRESSES, isProtectedAddress } from './protected-addresses.ts';

/** A host and port that a connection is wanted to; a host without brackets, in lower case, as URLs spell it. */
export interface Destination {
  readonly hostname: string;
  readonly port: number;
}

interface CompiledRule {
  /** None stands for every host. */
  readonly hosts: readonly string[];
  readonly addresses: AddressRanges;
  /** Protected addresses that it names. */
  readonly named: AddressRanges;
  readonly ports: readonly (readonly [number, number])[];
  readonly isOpenAt: ((nowMs: number) => boolean) | null;
}

/** The connector's allow-list, ready to be asked. */
export class CompiledAllowList {
  readonly #rules: readonly CompiledRule[];
  /** Whether what it says changes with time. */
  readonly hasHours: boolean;

  constructor(rules: readonly AllowRule[]) {
    this.#rules = rules.map(compileRule);
    this.hasHours = rules.some(({ hours }) => hours.length > 0);
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * Why nothing may be contacted by that name and port, whatever it resolves to; null where something may.
   * @param nowMs null for any time
   */
  findProblem(destination: Destination, nowMs: number | null): Reason | null {
    const { hostname, port } = destination;
    if (isIP(hostname) !== 0) return this.findAddressProblem(destination, hostname, nowMs);
    if (this.isEmpty || this.#fitting(destination, nowMs).length > 0) return null;
    const isNamed = this.#fitting(destination, null).length > 0;
    return makeReason(isNamed ? 'allowListHours' : 'allowListUnnamed', { host: hostname, port });
  }

  /** The same for one address that the name resolved to. */
  findAddressProblem(destination: Destination, address: string, nowMs: number | null): Reason | null {
    const { hostname, port } = destination;
    const isProtected = isProtectedAddress(address);
    const named = { host: hostname, address, port };
    const isResolved = hostname !== address;
    if (this.isEmpty && !isProtected) return null;
    const fits = (rule: CompiledRule): boolean =>
      (rule.addresses.isEmpty || isCovered(rule.addresses, address)) &&
      (!isProtected || isCovered(rule.named, address) || (hostname === address && rule.hosts.includes(hostname)));
    if (this.#fitting(destination, nowMs).some(fits)) return null;
    if (this.#fitting(destination, null).some(fits)) {
      return makeReason(isResolved ? 'allowListHoursAddress' : 'allowListHours', named);
    }
    if (isProtected) {
      return makeReason(isResolved ? 'allowListProtectedAddress' : 'allowListProtected', named);
    }
    return makeReason(isResolved ? 'allowListUnnamedAddress' : 'allowListUnnamed', named);
  }

  /** The same for a name that somebody else resolves: rules that name addresses say nothing of it. */
  findUnresolvedProblem(destination: Destination, nowMs: number): Reason | null {
    const { hostname, port } = destination;
    if (isIP(hostname) !== 0) return this.findAddressProblem(destination, hostname, nowMs);
    if (this.isEmpty || this.#fitting(destination, nowMs).some(({ addresses }) => addresses.isEmpty)) return null;
    return this.findProblem(destination, nowMs) ?? makeReason('allowListByAddress', { host: hostname, port });
  }

  /** Whether a pattern of internal URLs (`*.corp.example`) has any host that may be contacted at some time. */
  mayReachSome(pattern: string, port: number): boolean {
    const suffix = pattern.slice(1);
    return (
      this.isEmpty ||
      this.#rules.some(
        ({ hosts, ports }) =>
          fitsPort(ports, port) &&
          (hosts.length === 0 ||
            hosts.some(
              (host) =>
                host.replace(/^\*/, '').endsWith(suffix) || (host.startsWith('*') && suffix.endsWith(host.slice(1))),
            )),
      )
    );
  }

  #fitting({ hostname, port }: Destination, nowMs: number | null): readonly CompiledRule[] {
    return this.#rules.filter(
      ({ hosts, ports, isOpenAt }) =>
        fitsPort(ports, port) &&
        (hosts.length === 0 || hosts.some((host) => fitsHost(host, hostname))) &&
        (nowMs === null || isOpenAt === null || isOpenAt(nowMs)),
    );
  }
}

function compileRule({ hosts, addresses, ports, hours }: AllowRule): CompiledRule {
  const ranges = new AddressRanges(addresses);
  return {
    hosts,
    addresses: ranges,
    named: ranges.within(PROTECTED_ADDRESSES),
    ports: ports.map(portsOf).filter((range) => range !== null),
    isOpenAt: hours.length === 0 ? null : compileTimeWindows(hours),
  };
}

function fitsPort(ports: CompiledRule['ports'], port: number): boolean {
  return ports.length === 0 || ports.some(([first, last]) => first <= port && port <= last);
}

function fitsHost(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern;
}
