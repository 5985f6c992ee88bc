import type { KeyObject } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { CertificateRecord } from '../store/certificate-records.ts';
import { readPemChain } from './certificate-chain.ts';
import { CERTIFICATE_LIMITS } from './certificate-limits.ts';
import { coversHost, isWildcardName } from './certificate-names.ts';
import { findWarnings } from './check-certificate.ts';
import type { FileCertificate } from './file-certificate.ts';
import type { ListenerCertificates } from './listener-certificates.ts';
import { type ServedCertificate, makeServedCertificate } from './served-certificate.ts';

/** Where certificates are kept; the store is one. */
export interface CertificateSource {
  readonly certificates: {
    list(): Promise<readonly CertificateRecord[]>;
    openPrivateKey(id: string): Promise<KeyObject>;
  };
  onChange(listener: (change: { readonly kind: string }) => Promise<void> | void): () => void;
}

export interface CertificateShelfOptions {
  readonly source: CertificateSource;
  /** The certificate of the service's own domain; null where the configuration names none. */
  readonly configured: FileCertificate | null;
  /** What stands in for `configured`, so that there is TLS all the same. */
  readonly placeholder?: ListenerCertificates['fallback'] | undefined;
  /** Answers an ACME authority in the handshake. */
  readonly challenges?: ListenerCertificates['challenges'] | undefined;
  readonly clock: () => number;
  readonly log: Logger;
}

interface Index {
  /** By name; wildcards under their own spelling, `*.example.com`. */
  readonly byName: ReadonlyMap<string, ServedCertificate>;
  readonly all: readonly ServedCertificate[];
}

const RELOAD_RETRY_MS = 1000;
const DAY_MS = 86_400_000;

/**
 * Every certificate of the service in memory, by the names that it covers: what a handshake picks from. Follows the store
 * and the files of the configuration; a change holds for the next handshake, and connections that stand keep theirs.
 */
export class CertificateShelf {
  readonly #options: CertificateShelfOptions;
  #kept: ReadonlyMap<string, { readonly thumbprint: string; readonly served: ServedCertificate }> = new Map();
  #index: Index = { byName: new Map(), all: [] };
  readonly #unsubscribe: (() => void)[] = [];
  #loading: Promise<void> | null = null;
  #isStale = false;
  #retryTimer: NodeJS.Timeout | null = null;
  #expiryTimer: NodeJS.Timeout | null = null;
  #warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CertificateShelfOptions) {
    this.#options = options;
  }

  /** Loads the certificates and follows the store. @throws whatever the store throws when the first load fails */
  async start(): Promise<void> {
    const { source, configured } = this.#options;
    this.#unsubscribe.push(source.onChange(({ kind }) => (kind === 'certificate' ? this.refresh() : undefined)));
    if (configured !== null) this.#unsubscribe.push(configured.onFallbackChange(() => this.#buildIndex()));
    await this.#load();
    this.#lookForExpiry();
    this.#expiryTimer = setInterval(() => this.#lookForExpiry(), CERTIFICATE_LIMITS.expiryCheckMs).unref();
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    if (this.#expiryTimer !== null) clearInterval(this.#expiryTimer);
  }

  /** Loads again; resolves when the store's state at the time of the call, or a later one, is in force. Never rejects. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    this.#loading ??= this.#reload().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  /** All certificates, that of the configuration first. */
  all(): readonly ServedCertificate[] {
    return this.#index.all;
  }

  /** The certificate with which a host is served: its own name before a wildcard. Null where none covers it. */
  certificateFor(hostname: string): ServedCertificate | null {
    const { byName } = this.#index;
    const exact = byName.get(hostname);
    if (exact !== undefined) return exact;
    const dot = hostname.indexOf('.');
    return (dot > 0 && byName.get(`*${hostname.slice(dot)}`)) || null;
  }

  /** Whether any name is served with this certificate rather than with another. */
  isInUse(certificate: ServedCertificate): boolean {
    return certificate.names.some((name) => this.#index.byName.get(name) === certificate);
  }

  /** What an administrator should know of a certificate, now. */
  warningsOf(certificate: ServedCertificate): string[] {
    if (!this.isInUse(certificate) && certificate.source !== 'configuration') {
      return ['It is not used: other certificates cover its names. Delete it if they should go on doing so.'];
    }
    return findWarnings(certificate.chain, this.#options.clock());
  }

  /**
   * Whether a request came over a connection whose certificate does not cover its host: the client took one connection for
   * two hosts (RFC 9113 section 9.1.1), and must ask on another (RFC 9110 section 15.5.20).
   */
  isMisdirected(servername: string, hostname: string): boolean {
    if (servername === hostname) return false;
    const certificate = this.certificateFor(servername.toLowerCase()) ?? this.#options.configured?.served;
    return certificate !== undefined && !coversHost(certificate.names, hostname);
  }

  /** The view of a listener; null where TLS ends before the service. */
  forListener(): ListenerCertificates | null {
    const { configured, placeholder, challenges = null } = this.#options;
    const contextFor = (servername: string): SecureContext | undefined =>
      this.certificateFor(servername.toLowerCase())?.context;
    if (configured !== null) {
      return {
        get fallback() {
          return configured.fallback;
        },
        onFallbackChange: (listener) => configured.onFallbackChange(listener),
        contextFor,
        challenges,
      };
    }
    if (placeholder === undefined) return null;
    return { fallback: placeholder, onFallbackChange: () => () => undefined, contextFor, challenges };
  }

  async #reload(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await this.#load();
      } catch (error) {
        this.#options.log.error({ err: error }, 'certificates.reload_failed');
        this.#retryTimer ??= setTimeout(() => {
          this.#retryTimer = null;
          void this.refresh();
        }, RELOAD_RETRY_MS).unref();
      }
    }
  }

  async #load(): Promise<void> {
    const { certificates } = this.#options.source;
    const kept = new Map<string, { thumbprint: string; served: ServedCertificate }>();
    for (const record of await certificates.list()) {
      const before = this.#kept.get(record.id);
      const isSame = before?.thumbprint === record.thumbprint && before.served.createdAtMs === record.createdAtMs;
      const served = isSame ? before.served : await this.#open(record);
      if (served !== null) kept.set(record.id, { thumbprint: record.thumbprint, served });
    }
    this.#kept = kept;
    this.#buildIndex();
  }

  /** One that can't be opened must not keep the others from being served. */
  async #open(record: CertificateRecord): Promise<ServedCertificate | null> {
    try {
      const { id, source, createdAtMs, chain } = record;
      const privateKey = await this.#options.source.certificates.openPrivateKey(id);
      return makeServedCertificate({ id, source, createdAtMs }, readPemChain(chain), privateKey);
    } catch (error) {
      this.#options.log.error({ err: error, certificateId: record.id }, 'certificate.unusable');
      return null;
    }
  }

  #buildIndex(): void {
    const configured = this.#options.configured?.served;
    const kept = [...this.#kept.values()].map(({ served }) => served);
    const nowMs = this.#options.clock();
    // An uploaded certificate stands before an issued one, and both before the configuration's; of two the newer counts.
    const ranked = [
      ...kept.filter(({ source }) => source === 'upload'),
      ...kept.filter(({ source }) => source === 'acme'),
      ...(configured === undefined ? [] : [configured]),
    ];
    const valid = ranked.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    const expired = ranked.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
    const byName = new Map<string, ServedCertificate>();
    const add = (name: string, certificate: ServedCertificate): void => {
      if (!byName.has(name) && (!name.includes('*') || isWildcardName(name))) byName.set(name, certificate);
    };
    for (const certificate of valid) for (const name of certificate.names) add(name, certificate);
    // Better an expired certificate than one for another name; but never before a valid one.
    for (const certificate of expired) {
      for (const name of certificate.names)
        if (!valid.some((other) => coversHost(other.names, name))) add(name, certificate);
    }
    this.#index = { byName, all: configured === undefined ? kept : [configured, ...kept] };
  }

  /** An expired certificate makes way for a valid one by itself; what expires soon is logged, once a day. */
  #lookForExpiry(): void {
    const { log, clock } = this.#options;
    this.#buildIndex();
    if (clock() - this.#warnedAtMs < DAY_MS) return;
    this.#warnedAtMs = clock();
    for (const certificate of this.#index.all) {
      if (!this.isInUse(certificate)) continue;
      const { id, names, chain } = certificate;
      for (const message of findWarnings(chain, clock())) {
        log.warn(
          { certificateId: id, names, expiryDate: chain[0].validToDate.toISOString(), message },
          'certificate.warning',
        );
      }
    }
  }
}
