import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AllowRule } from '../../../src-shared/connector/allow-list.ts';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { makeReason, type Reason } from '../../../src-shared/errors/reasons.ts';
import { type FindAddresses, lookupWith } from '../loopback-lookup.ts';
import { CompiledAllowList, type Destination } from './compiled-allow-list.ts';

/** How often running connections are looked at where hours are set: windows begin and end with a minute. */
const LOOK_MS = 1000;

/** A connection to a backend that can be ended: a socket, or a session of HTTP/2. */
export interface GuardedConnection {
  destroy(error: Error): unknown;
  on(event: 'close', listener: (this: GuardedConnection) => void): unknown;
}

interface Guarded {
  readonly destination: Destination;
  /** Null where somebody else resolved the name. */
  readonly address: string | null;
}

/**
 * Stands before every connection to a backend and says what the allow-list says (B70): of the name before it is resolved, of
 * each address that it resolves to, and of what runs when the list or the hour changes. The addresses that were found good are
 * the ones that are connected to: nothing is resolved a second time.
 */
export class BackendGuard {
  readonly #now: () => number;
  readonly #resolve: LookupFunction;
  readonly #running = new Map<GuardedConnection, Guarded>();
  #list: CompiledAllowList;
  #timer: NodeJS.Timeout | null = null;
  /** One for all connections, of which there may be thousands: it is called with the one that closes as `this`. */
  readonly #onClose: (this: GuardedConnection) => void;

  /**
   * @param now the wall clock, ms since the epoch
   */
  constructor(rules: readonly AllowRule[], now: () => number, findAddresses: FindAddresses) {
    this.#now = now;
    this.#resolve = lookupWith(findAddresses);
    this.#list = new CompiledAllowList(rules);
    const forget = (connection: GuardedConnection): void => {
      this.#running.delete(connection);
      this.#setTimer();
    };
    this.#onClose = function (this: GuardedConnection): void {
      forget(this);
    };
  }

  /** @throws PosternError `BACKEND_FORBIDDEN` where nothing may be contacted by that name and port now */
  check(hostname: string, port: number): void {
    const problem = this.#list.findProblem(destinationOf(hostname, port), this.#now());
    if (problem !== null) throw forbidden(problem);
  }

  /** As `check`, for a connection that an outbound proxy opens, which resolves the name itself. */
  checkUnresolved(hostname: string, port: number): void {
    const problem = this.#list.findUnresolvedProblem(destinationOf(hostname, port), this.#now());
    if (problem !== null) throw forbidden(problem);
  }

  /** Resolves a name for a connection to a port, and hands out the addresses that may be contacted. `check` comes first. */
  lookupFor(port: number): LookupFunction {
    return (hostname, options, callback) => {
      this.#resolve(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null) {
          callback(error, []);
          return;
        }
        const { good, problem } = this.#sift(destinationOf(hostname, port), found as readonly LookupAddress[]);
        const [first] = good;
        if (first === undefined) callback(forbidden(problem), []);
        else if (options.all === true) callback(null, good);
        else callback(null, first.address, first.family);
      });
    };
  }

  /** Takes a connection that was made into its care: it ends when it may not be any more. */
  watch(connection: GuardedConnection, hostname: string, port: number, address: string | null): void {
    const guarded = { destination: destinationOf(hostname, port), address };
    this.#running.set(connection, guarded);
    connection.on('close', this.#onClose);
    // The list may be another than when the connection was begun.
    this.#judge(connection, guarded);
    this.#setTimer();
  }

  /** Puts another list in force. What runs and is not in it ends at once. */
  replace(rules: readonly AllowRule[]): void {
    this.#list = new CompiledAllowList(rules);
    this.#look();
    this.#setTimer();
  }

  /** Why a pair of addresses can never be served here, whatever the hour; null where it may be. */
  findBar(hostname: string, port: number): Reason | null {
    if (this.#list.isEmpty && !/^[\d.]+$|:/.test(hostname)) return null;
    if (!hostname.startsWith('*.')) return this.#list.findProblem(destinationOf(hostname, port), null);
    if (this.#list.mayReachSome(hostname, port)) return null;
    return makeReason('allowListUnnamed', { host: hostname, port });
  }

  #sift(destination: Destination, found: readonly LookupAddress[]): { good: LookupAddress[]; problem: Reason | null } {
    const good: LookupAddress[] = [];
    let problem: Reason | null = null;
    for (const each of found) {
      const own = this.#list.findAddressProblem(destination, each.address, this.#now());
      if (own === null) good.push(each);
      else problem = own;
    }
    return { good, problem };
  }

  #look(): void {
    for (const [connection, guarded] of this.#running) this.#judge(connection, guarded);
  }

  #judge(connection: GuardedConnection, { destination, address }: Guarded): void {
    const nowMs = this.#now();
    const problem =
      address === null
        ? this.#list.findUnresolvedProblem(destination, nowMs)
        : this.#list.findAddressProblem(destination, address, nowMs);
    if (problem !== null) connection.destroy(forbidden(problem));
  }

  #setTimer(): void {
    const isNeeded = this.#list.hasHours && this.#running.size > 0;
    if (isNeeded) this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    else if (this.#timer !== null) this.#stop(this.#timer);
  }

  #stop(timer: NodeJS.Timeout): void {
    clearInterval(timer);
    this.#timer = null;
  }
}

function destinationOf(hostname: string, port: number): Destination {
  return { hostname: hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''), port };
}

function forbidden(reason: Reason | null): PosternError {
  return new PosternError('BACKEND_FORBIDDEN', reason === null ? {} : { reason });
}
