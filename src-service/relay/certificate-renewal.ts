import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Mux } from '../../src-shared/mux/mux.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { RELAY_LIMITS } from './relay-limits.ts';
import type { RelayHost } from './relay-types.ts';

export interface CertificateRenewalOptions {
  readonly mux: Mux;
  readonly host: RelayHost;
  readonly log: Logger;
  readonly connectorId: string;
  /** Of the tunnel's CHALLENGE. */
  readonly nonce: string;
  readonly remoteAddress: string;
}

/** The renewal of a connector's certificate through one of its tunnels: one step at a time and few in all, more is a breach. */
export class CertificateRenewal {
  readonly #options: CertificateRenewalOptions;
  #isUnderWay = false;
  /** When the last steps came. */
  #stepsAtMs: number[] = [];
  /** Once: a line for each would let a connector fill the log. */
  #isRefusalLogged = false;
  #isTakeUpLogged = false;

  constructor(options: CertificateRenewalOptions) {
    this.#options = options;
  }

  /** RENEW: answers with CERTIFICATE. @throws PosternError `TUNNEL_PROTOCOL` while a step is under way, and after too many */
  async renew(certificateSigningRequest: string): Promise<void> {
    const { mux, host, log, connectorId, remoteAddress } = this.#options;
    await this.#alone(async () => {
      const answer = await host.renewCertificate(connectorId, certificateSigningRequest, remoteAddress);
      if ('reason' in answer && !this.#isRefusalLogged) {
        this.#isRefusalLogged = true;
        log.warn({ connectorId, reason: answer.reason }, 'relay.certificate_not_renewed');
      }
      if (!mux.isClosed) mux.sendControl(FRAME_TYPES.CERTIFICATE, answer);
    });
  }

  /** RENEWED. @throws PosternError `TUNNEL_PROTOCOL` as `renew` does; as `RelayHost.admit` for a proof that is none */
  async takeUp(proof: string): Promise<void> {
    const { host, log, connectorId, nonce, remoteAddress } = this.#options;
    await this.#alone(async () => {
      const outcome = await host.takeUpCertificate(connectorId, proof, nonce, remoteAddress);
      if (outcome === 'waiting' || this.#isTakeUpLogged) return;
      this.#isTakeUpLogged = true;
      log.info({ connectorId }, 'relay.certificate_shown');
    });
  }

  async #alone(step: () => Promise<void>): Promise<void> {
    if (this.#isUnderWay) {
      throw new PosternError('TUNNEL_PROTOCOL', { message: 'RENEW or RENEWED came while one was under way.' });
    }
    const { renewalSteps, renewalStepsWithinMs } = RELAY_LIMITS;
    const nowMs = this.#options.mux.now();
    this.#stepsAtMs = this.#stepsAtMs.filter((atMs) => nowMs - atMs < renewalStepsWithinMs);
    if (this.#stepsAtMs.push(nowMs) > renewalSteps) {
      throw new PosternError('TUNNEL_PROTOCOL', { message: 'RENEW or RENEWED came too often.' });
    }
    this.#isUnderWay = true;
    await step().finally(() => {
      this.#isUnderWay = false;
    });
  }
}
