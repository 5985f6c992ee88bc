import { createPublicKey, X509Certificate } from 'node:crypto';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import type { Certificate } from '../../src-shared/wire/renewal.ts';
import { type CertificateRequest, makeCertificateSigningRequest } from './certificate-request.ts';
import type { ConnectorIdentity } from './connector-identity.ts';
import type { EngineLog, EngineRuntime } from './engine-runtime.ts';

/** After an attempt that came to nothing. */
const AGAIN_AFTER_SECONDS = 600;
/** A longer wait is taken up again and again: timers have a bound, and machines sleep. */
const LONGEST_TIMER_MS = 3_600_000;

/** A tunnel through which the certificate may be renewed. */
export interface RenewalCarrier {
  send(type: number, message: object): void;
  /** The proof of HELLO, with another identity. */
  prove(identity: ConnectorIdentity): Promise<string>;
}

export interface IdentityKeeperOptions {
  readonly identity: ConnectorIdentity;
  /** Keeps an identity for the next start. Absent where nobody can: then nothing is renewed. */
  readonly save: ((identity: ConnectorIdentity) => Promise<void>) | undefined;
  readonly runtime: EngineRuntime;
  readonly log: EngineLog;
  readonly onRenewed: () => void;
}

/**
 * Who the connector is at present. Renews its certificate when the service says that it is time (B62): a new key, its
 * certificate through a tunnel that stands, both saved, and only then shown to the service. What runs goes on.
 */
export class IdentityKeeper {
  readonly #options: IdentityKeeperOptions;
  readonly #carriers = new Set<RenewalCarrier>();
  #identity: ConnectorIdentity;
  #attempt: { readonly carrier: RenewalCarrier; readonly request: Promise<CertificateRequest> } | null = null;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: IdentityKeeperOptions) {
    this.#options = options;
    this.#identity = options.identity;
  }

  get identity(): ConnectorIdentity {
    return this.#identity;
  }

  get canRenew(): boolean {
    return this.#options.save !== undefined;
  }

  /** A tunnel stands that was dialled as `identity`, whose certificate is to be renewed in that time. */
  attach(carrier: RenewalCarrier, identity: ConnectorIdentity, renewInSeconds: number): void {
    this.#carriers.add(carrier);
    if (identity === this.#identity && this.#attempt === null) this.#wait(renewInSeconds);
  }

  /** That tunnel is over, and with it the attempt that went through it. */
  detach(carrier: RenewalCarrier): void {
    this.#carriers.delete(carrier);
    if (this.#attempt?.carrier !== carrier) return;
    this.#attempt = null;
    this.#wait(0);
  }

  /** The service's answer to RENEW. */
  async onCertificate(
    carrier: RenewalCarrier,
    { certificateChain, reason, renewInSeconds }: Certificate,
  ): Promise<void> {
    const { save, log, onRenewed } = this.#options;
    const attempt = this.#attempt;
    if (attempt?.carrier !== carrier) return;
    if (certificateChain === undefined) {
      log.warn({ reason, renewInSeconds }, 'connector.certificateNotRenewed');
      this.#wait(Math.max(renewInSeconds, 1));
      return;
    }
    try {
      const identity = renewedIdentity(this.#identity, (await attempt.request).privateKey, certificateChain);
      await save?.(identity);
      this.#identity = identity;
      this.#wait(renewInSeconds);
      log.info({ certificateExpiryMs: identity.certificateExpiryMs }, 'connector.certificateRenewed');
      onRenewed();
      carrier.send(FRAME_TYPES.RENEWED, { proof: await carrier.prove(identity) });
    } catch (error) {
      log.error({ err: error }, 'connector.certificateNotRenewed');
    }
  }

  /** Renews nothing any more: another engine may be this connector by now. */
  stop(): void {
    this.#isStopped = true;
    this.#attempt = null;
    this.#clearTimer();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(seconds: number): void {
    if (this.#isStopped) return;
    this.#attempt = null;
    this.#dueAtMs = this.#options.runtime.monotonicMs() + seconds * 1000;
    this.#setTimer();
  }

  #setTimer(): void {
    this.#clearTimer();
    const leftMs = Math.max(0, this.#dueAtMs - this.#options.runtime.monotonicMs());
    this.#timer = setTimeout(
      () => {
        if (this.#options.runtime.monotonicMs() < this.#dueAtMs) this.#setTimer();
        else void this.#begin();
      },
      Math.min(leftMs, LONGEST_TIMER_MS),
    ).unref();
  }

  /** Where no tunnel stands, the next one that does says when. */
  async #begin(): Promise<void> {
    this.#wait(AGAIN_AFTER_SECONDS);
    const [carrier] = this.#carriers;
    if (carrier === undefined) return;
    const attempt = { carrier, request: makeCertificateSigningRequest() };
    this.#attempt = attempt;
    const { certificateSigningRequest } = await attempt.request;
    if (this.#attempt === attempt) carrier.send(FRAME_TYPES.RENEW, { certificateSigningRequest });
  }
}

/** @throws RangeError for a certificate of another key or another connector */
function renewedIdentity(
  identity: ConnectorIdentity,
  privateKey: string,
  certificateChain: readonly string[],
): ConnectorIdentity {
  const leaf = new X509Certificate(certificateChain[0] ?? '');
  if (leaf.subject !== `CN=${identity.connectorId}` || !leaf.publicKey.equals(createPublicKey(privateKey))) {
    throw new RangeError('The service gave a certificate that is not this connector’s.');
  }
  return {
    ...identity,
    privateKey,
    certificateChain: [...certificateChain],
    certificateExpiryMs: leaf.validToDate.getTime(),
  };
}
