import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { Session } from 'electron';
import { type Authority, MAX_AUTHORITIES } from '../../src-shared/ipc/machine-settings.ts';
import { certificatesIn, readableName, readCertificate } from './authority-file.ts';
import { isIssuedBy } from './issued-by.ts';
import type { SettingsStore } from './settings-store.ts';
import { SpokenError } from './spoken-error.ts';

/** Verdicts that Chromium's verifier expects from `setCertificateVerifyProc`. */
const TRUSTED = 0;
const USE_CHROMIUM_VERDICT = -3;

export interface ExtraAuthoritiesOptions {
  readonly session: Session;
  readonly settings: SettingsStore;
  /** PEM file that the start of the app named; null for none. */
  readonly file: string | null;
}

/**
 * Authorities that the app trusts beside the system's, in Chromium's network stack and in Node's: for a private authority of the
 * service, or a network that inspects TLS (B69).
 */
export class ExtraAuthorities {
  readonly #options: ExtraAuthoritiesOptions;
  readonly #nodes = tls.getCACertificates('default');
  readonly #fromFile: readonly string[];

  /** @throws Error when the file can't be read or holds no certificate. */
  constructor(options: ExtraAuthoritiesOptions) {
    this.#options = options;
    this.#fromFile = options.file === null ? [] : certificatesIn(readFileSync(options.file, 'utf8'));
    if (options.file !== null && this.#fromFile.length === 0) {
      throw new Error(`${options.file} holds no certificate in PEM form.`);
    }
    if (this.pems.length > 0) this.#apply();
  }

  /** All of them, PEM. */
  get pems(): readonly string[] {
    return [...this.#fromFile, ...this.#options.settings.current.authorities];
  }

  get list(): Authority[] {
    return this.pems.map((pem, index) => {
      const { fingerprint256, subject, issuer, validToDate } = new X509Certificate(pem);
      return {
        fingerprint: fingerprint256,
        subject: readableName(subject),
        issuer: readableName(issuer),
        expiresAtMs: validToDate.getTime(),
        isExpired: validToDate.getTime() < Date.now(),
        isRemovable: index >= this.#fromFile.length,
      };
    });
  }

  /** @returns how many are new. @throws PosternError `API_INVALID` for what is no certificate of an authority */
  add(pems: string): number {
    const known = new Set(this.list.map(({ fingerprint }) => fingerprint));
    const added = certificatesIn(pems).filter((pem) => {
      const { ca, fingerprint256, subject } = readCertificate(pem);
      if (!ca) throw new SpokenError('API_INVALID', (text) => text.authorities.notOne(readableName(subject)));
      if (known.has(fingerprint256)) return false;
      known.add(fingerprint256);
      return true;
    });
    const { settings } = this.#options;
    const authorities = [...settings.current.authorities, ...added];
    if (authorities.length > MAX_AUTHORITIES) {
      throw new SpokenError('API_INVALID', (text) => text.authorities.tooMany(MAX_AUTHORITIES));
    }
    settings.update({ authorities });
    this.#apply();
    return added.length;
  }

  /** @returns what was removed, PEM; empty where there was none such */
  remove(fingerprint: string): string {
    const { settings } = this.#options;
    const { authorities } = settings.current;
    const removed = authorities.find((pem) => new X509Certificate(pem).fingerprint256 === fingerprint);
    if (removed === undefined) return '';
    settings.update({ authorities: authorities.filter((pem) => pem !== removed) });
    this.#apply();
    return removed;
  }

  #apply(): void {
    const { session } = this.#options;
    const authorities = this.pems.map((pem) => new X509Certificate(pem));
    tls.setDefaultCACertificates([...this.#nodes, ...this.pems]);
    session.setCertificateVerifyProc((request, answer) => {
      const isOnlyUnknownAuthority = request.verificationResult === 'net::ERR_CERT_AUTHORITY_INVALID';
      const isOurs = isOnlyUnknownAuthority && isIssuedBy(request.certificate, authorities, request.hostname);
      answer(isOurs ? TRUSTED : USE_CHROMIUM_VERDICT);
    });
    // Connections that stand have had their verdict.
    void session.closeAllConnections();
  }
}
