import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { CERTIFICATE_LIMITS } from './certificate-limits.ts';
import { completeChain } from './certificate-chain.ts';
import { checkCertificate, findPair } from './check-certificate.ts';
import type { ListenerCertificates } from './listener-certificates.ts';
import { type CertificateBundle, readParts } from './open-upload.ts';
import { openPem } from './opening/open-pem.ts';
import {
  CONFIGURED_CERTIFICATE_ID,
  type ServedCertificate,
  makeServedCertificate,
  pemOf,
} from './served-certificate.ts';

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface FileCertificateOptions {
  readonly files: CertificateFiles;
  /** The key of the configuration, for messages: `tls`, `tunnelListen.tls`. */
  readonly key: string;
  readonly clock: () => number;
  readonly log: Logger;
}

interface Loaded {
  readonly served: ServedCertificate;
  readonly pem: ListenerCertificates['fallback'];
  readonly bundle: CertificateBundle;
  /** Of both files, to notice that they changed. */
  readonly text: string;
}

/**
 * The certificate that the configuration names by two files. They are read again when they changed, which is looked for
 * every few seconds, so that symbolic links and mounted secrets work too; a pair that can't be used, or that is half
 * written, leaves the one before in force. Running connections keep what they have.
 */
export class FileCertificate implements ListenerCertificates {
  readonly challenges = null;
  readonly #options: FileCertificateOptions;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #loaded: Loaded;
  /** The last problem that was logged: a broken file is not told of every few seconds. */
  #lastProblem: string | null = null;

  /** @throws PosternError `CONFIG_INVALID` when the files can't be read or don't fit together */
  constructor(options: FileCertificateOptions) {
    this.#options = options;
    this.#loaded = this.#load(this.#read());
    this.#logProblems();
    this.#timer = setInterval(() => this.reload(), CERTIFICATE_LIMITS.fileCheckMs).unref();
  }

  get served(): ServedCertificate {
    return this.#loaded.served;
  }

  get fallback(): ListenerCertificates['fallback'] {
    return this.#loaded.pem;
  }

  onFallbackChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  contextFor(): undefined {
    return undefined;
  }

  /** Looks at the files now. Never throws. */
  reload(): void {
    const { key, log } = this.#options;
    try {
      const texts = this.#read();
      if (texts.join('\n') === this.#loaded.text) return;
      this.#loaded = this.#load(texts);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.#lastProblem) log.error({ message }, 'certificate.reload_failed');
      this.#lastProblem = message;
      return;
    }
    this.#lastProblem = null;
    const { expiresAtMs, names } = this.served;
    log.info({ key, names, expiryDate: new Date(expiresAtMs).toISOString() }, 'certificate.reloaded');
    this.#logProblems();
    for (const listener of this.#listeners) listener();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #read(): readonly [string, string] {
    return [this.#readFile('certificateFile'), this.#readFile('keyFile')];
  }

  #readFile(name: keyof CertificateFiles): string {
    const { files, key } = this.#options;
    try {
      return readFileSync(files[name], 'utf8');
    } catch (error) {
      throw unusable(`${key}.${name}: ${files[name]} can't be read: ${String(error)}.`, error);
    }
  }

  #load([certificate, privateKey]: readonly [string, string]): Loaded {
    const { files, key } = this.#options;
    const opened = openPem(certificate, privateKey, null);
    const read = opened.isUsable ? readParts(opened.value) : opened;
    if (!read.isUsable) {
      const [problem] = read.problems;
      const name = problem?.part === 'certificate' ? 'certificateFile' : 'keyFile';
      throw unusable(`${key}.${name}: ${files[name]}: ${problem?.message}`);
    }
    const bundle = read.value;
    const pair = findPair(bundle);
    if (pair === null) {
      throw unusable(
        `${key}.keyFile: the key in ${files.keyFile} belongs to no certificate in ${files.certificateFile}.`,
      );
    }
    const { chain } = completeChain(pair.leaf, bundle.certificates);
    const place = { id: CONFIGURED_CERTIFICATE_ID, source: 'configuration', createdAtMs: null } as const;
    try {
      const served = makeServedCertificate(place, chain, pair.privateKey);
      return { served, pem: pemOf(chain, pair.privateKey), bundle, text: `${certificate}\n${privateKey}` };
    } catch (error) {
      throw unusable(`${key}.certificateFile: TLS refuses it: ${String(error)}`, error);
    }
  }

  /** What an upload would be refused for is served all the same, for the operator put it there; but it is said. */
  #logProblems(): void {
    const checked = checkCertificate(this.#loaded.bundle, { nowMs: this.#options.clock() });
    if (checked.isUsable) return;
    for (const { message } of checked.problems) {
      this.#options.log.warn({ key: this.#options.key, message }, 'certificate.problem');
    }
  }
}

function unusable(message: string, cause?: unknown): PosternError {
  return new PosternError('CONFIG_INVALID', { message, cause });
}
