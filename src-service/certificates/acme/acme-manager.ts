import type { Logger } from 'pino';
import type { AcmeHostRecord } from '../../store/acme-host-records.ts';
import type { CertificateRecords } from '../../store/certificate-records.ts';
import { serviceContext } from '../../store/unit-of-work.ts';
import { CERTIFICATE_LIMITS } from '../certificate-limits.ts';
import type { CertificateShelf } from '../certificate-shelf.ts';
import { type CheckedCertificate, checkCertificate } from '../check-certificate.ts';
import type { CertificateBundle } from '../open-upload.ts';
import type { ServedCertificate } from '../served-certificate.ts';
import {
  type AcmeHostState,
  type CertificateLife,
  afterFailure,
  afterSuccess,
  dueAtMs,
  findHostProblem,
  newAcmeHost,
} from './renewal-plan.ts';

export interface AcmeManagerOptions {
  readonly authority: { issue(hostname: string): Promise<CertificateBundle> };
  readonly hosts: { list(): Promise<readonly AcmeHostRecord[]>; put(record: AcmeHostRecord): Promise<void> };
  readonly certificates: Pick<CertificateRecords, 'keep' | 'replace' | 'remove'>;
  readonly shelf: CertificateShelf;
  /** Hosts at which something of ours is published now, in lower case. No other host is ever ordered for. */
  readonly publishedHosts: () => readonly string[];
  readonly clock: () => number;
  readonly random: () => number;
  readonly randomId: () => string;
  readonly log: Logger;
}

/** How a host stands with the authority, for people. */
export interface AcmeHostStatus extends Omit<AcmeHostState, 'certificateId' | 'nextAttemptAtMs'> {
  /** `unsupported`: the authority can't issue for such a name. */
  readonly status: 'waiting' | 'issuing' | 'issued' | 'failed' | 'unsupported';
  readonly nextAttemptAtMs: number | null;
}

/** The longest that a timer may be set for; what is due later is looked at again then. */
const MAX_WAIT_MS = 60 * 60_000;
const STORE_RETRY_MS = 5_000;
const STOP_MS = 2_000;

/**
 * Gets and renews the certificates of published hosts that no other certificate covers: one order at a time, the host
 * that has waited longest first. The hosts themselves are the queue, so that it can't grow beyond what is published.
 */
export class AcmeManager {
  readonly #options: AcmeManagerOptions;
  #states: ReadonlyMap<string, AcmeHostState> = new Map();
  #issuing: string | null = null;
  #running: Promise<void> | null = null;
  #isStale = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: AcmeManagerOptions) {
    this.#options = options;
  }

  /** Reads how the hosts stand and begins. @throws whatever the store throws */
  async start(): Promise<void> {
    this.#states = new Map((await this.#options.hosts.list()).map((record) => [record.hostname, record]));
    this.wake();
  }

  /** Takes no further orders. One under way gets a moment to end; what it brings later is lost, and ordered again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_MS);
    await Promise.race([this.#running, promise]);
    clearTimeout(timer);
  }

  /** Looks again at what is published and due. */
  wake(): void {
    this.#isStale = true;
    if (this.#isStopped) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#isStale) this.wake();
    });
  }

  /** Has a host tried now, whatever its back-off says. @returns whether it is one that gets its certificate here */
  async retry(hostname: string): Promise<boolean> {
    if (!this.#wanted().includes(hostname)) return false;
    await this.#put({ ...this.#stateOf(hostname), nextAttemptAtMs: 0 });
    this.wake();
    return true;
  }

  /** How a published host stands; null where another certificate covers it. */
  statusOf(hostname: string): AcmeHostStatus | null {
    if (this.#isCovered(hostname)) return null;
    const { certificateId, nextAttemptAtMs: _, ...state } = this.#stateOf(hostname);
    const problem = findHostProblem(hostname);
    if (problem !== null) return { ...state, lastProblem: problem, status: 'unsupported', nextAttemptAtMs: null };
    const status =
      this.#issuing === hostname
        ? 'issuing'
        : state.failures > 0
          ? 'failed'
          : certificateId === null
            ? 'waiting'
            : 'issued';
    return { ...state, status, nextAttemptAtMs: this.#dueAtMs(hostname) };
  }

  async #run(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    while (!this.#isStopped) {
      this.#isStale = false;
      try {
        await this.#prune();
        const [next] = this.#wanted()
          .map((hostname) => ({ hostname, dueAtMs: this.#dueAtMs(hostname) }))
          .toSorted((a, b) => a.dueAtMs - b.dueAtMs);
        if (next === undefined) return;
        const waitMs = next.dueAtMs - this.#options.clock();
        if (waitMs > 0) return this.#wakeIn(Math.min(waitMs, MAX_WAIT_MS));
        await this.#attempt(next.hostname);
      } catch (error) {
        if (this.#isStopped) return;
        // The store is down: nothing can be kept, so nothing is ordered.
        this.#options.log.error({ err: error }, 'acme.store_failed');
        return this.#wakeIn(STORE_RETRY_MS);
      }
    }
  }

  #wakeIn(waitMs: number): void {
    this.#timer = setTimeout(() => this.wake(), waitMs).unref();
  }

  async #attempt(hostname: string): Promise<void> {
    const { authority, log, clock, random } = this.#options;
    const state = this.#stateOf(hostname);
    // Kept before the order too: a service that dies in the middle of one must not come back and order at once.
    await this.#put(afterFailure(state, 'The service stopped while the order was under way.', clock(), random));
    this.#issuing = hostname;
    try {
      const bundle = await authority.issue(hostname).catch((error: unknown) => {
        const cause = error instanceof AggregateError ? error.errors[0] : error;
        return cause instanceof Error ? cause.message || cause.name : String(cause);
      });
      const checked =
        typeof bundle === 'string'
          ? null
          : checkCertificate(bundle, { nowMs: clock(), hostnames: [hostname], isChainTrusted: true });
      if (checked?.isUsable === true) {
        const certificateId = await this.#keep(state, checked.value);
        await this.#put(afterSuccess(state, certificateId, clock()));
        log.info({ hostname, certificateId }, 'acme.issued');
        return;
      }
      const problem = typeof bundle === 'string' ? bundle : (checked?.problems[0]?.message ?? '');
      const failed = afterFailure(state, problem, clock(), random);
      await this.#put(failed);
      const { failures, nextAttemptAtMs } = failed;
      log.warn({ hostname, problem, failures, nextAttempt: new Date(nextAttemptAtMs).toISOString() }, 'acme.failed');
    } finally {
      this.#issuing = null;
    }
  }

  /** A renewed certificate takes the place, and the id, of the one before. */
  async #keep(state: AcmeHostState, { chain, privateKey }: CheckedCertificate): Promise<string> {
    const { certificates, shelf, randomId } = this.#options;
    const context = serviceContext(randomId());
    const wanted = { source: 'acme', chain: chain.map(String).join(''), privateKey } as const;
    const before = shelf.all().find(({ id }) => id === state.certificateId);
    const { id } =
      before === undefined
        ? (await certificates.keep(randomId(), wanted, CERTIFICATE_LIMITS.maxCertificates, context)).record
        : await certificates.replace(before.id, wanted, context);
    await shelf.refresh();
    return id;
  }

  async #put(state: AcmeHostState): Promise<void> {
    await this.#options.hosts.put(state);
    this.#states = new Map([...this.#states, [state.hostname, state]]);
  }

  #stateOf(hostname: string): AcmeHostState {
    const state = this.#states.get(hostname);
    if (state === undefined) return newAcmeHost(hostname);
    const isKept = this.#options.shelf.all().some(({ id }) => id === state.certificateId);
    return isKept ? state : { ...state, certificateId: null };
  }

  /** Certificates that were issued for hosts of the past go when they expire. */
  async #prune(): Promise<void> {
    const { shelf, certificates, clock, randomId } = this.#options;
    const wanted = this.#wanted();
    for (const { id, source, expiresAtMs, names } of shelf.all()) {
      const isPast = source === 'acme' && expiresAtMs <= clock() && !names.some((name) => wanted.includes(name));
      if (isPast) await certificates.remove(id, serviceContext(randomId()));
    }
  }

  #wanted(): string[] {
    const hosts = new Set(this.#options.publishedHosts());
    return [...hosts].filter((hostname) => findHostProblem(hostname) === null && !this.#isCovered(hostname));
  }

  #dueAtMs(hostname: string): number {
    const certificate = this.#own(hostname);
    return dueAtMs(this.#stateOf(hostname), certificate === null ? null : lifeOf(certificate));
  }

  /** The certificate that was issued here for a host. */
  #own(hostname: string): ServedCertificate | null {
    const { certificateId } = this.#stateOf(hostname);
    return this.#options.shelf.all().find(({ id }) => id === certificateId) ?? null;
  }

  /** Whether a certificate that was not issued here serves the host, and is valid. */
  #isCovered(hostname: string): boolean {
    const served = this.#options.shelf.certificateFor(hostname);
    return served !== null && served.source !== 'acme' && served.expiresAtMs > this.#options.clock();
  }
}

function lifeOf({ chain: [leaf] }: ServedCertificate): CertificateLife {
  return { fromMs: leaf.validFromDate.getTime(), toMs: leaf.validToDate.getTime() };
}
