import { randomUUID } from 'node:crypto';
import { asPosternError, PosternError } from '../../src-shared/errors/postern-error.ts';
import { CONNECTOR_CERTIFICATE_MS, type ConnectorAuthority } from '../identity/connector-authority.ts';
import type { ConnectorRecord, ConnectorRecords } from '../store/connector-records.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import type { RenewalAnswer } from './relay-types.ts';

/** From one certificate that a connector never showed to the next, and until it asks again after a refusal. */
const AGAIN_AFTER_MS = 10 * 60_000;

export interface ConnectorRenewalsOptions {
  readonly authority: Pick<ConnectorAuthority, 'signRequest'>;
  readonly connectors: Pick<ConnectorRecords, 'find' | 'offerCertificate'>;
  readonly clock: () => number;
}

/**
 * Gives connectors new certificates at half of the old one's life (B62). The new one takes the old one's place only when the
 * connector shows it, so that a lost answer or a full disk costs no connector its access.
 */
export class ConnectorRenewals {
  readonly #options: ConnectorRenewalsOptions;

  constructor(options: ConnectorRenewalsOptions) {
    this.#options = options;
  }

  /** When a connector's certificate is to be renewed, s from now; by this clock, since a connector's may be wrong. */
  dueInSeconds({ certificateExpiresAtMs }: Pick<ConnectorRecord, 'certificateExpiresAtMs'>): number {
    return secondsUntil(certificateExpiresAtMs - CONNECTOR_CERTIFICATE_MS / 2 - this.#options.clock());
  }

  /** Makes a connector a new certificate, where it is time for one. */
  async renew(connectorId: string, request: string, clientAddress: string): Promise<RenewalAnswer> {
    try {
      return await this.#renew(connectorId, request, clientAddress);
    } catch (error) {
      return { reason: asPosternError(error, 'STREAM_INTERNAL').message, renewInSeconds: secondsUntil(AGAIN_AFTER_MS) };
    }
  }

  async #renew(connectorId: string, request: string, clientAddress: string): Promise<RenewalAnswer> {
    const { authority, connectors, clock } = this.#options;
    const connector = await connectors.find(connectorId);
    if (connector === null || connector.revokedAtMs !== null) throw new PosternError('TUNNEL_REVOKED');
    const dueInSeconds = this.dueInSeconds(connector);
    if (dueInSeconds > 0)
      return { reason: 'The certificate is renewed at half of its life.', renewInSeconds: dueInSeconds };
    const { nextCertificate } = connector;
    const givenAtMs = nextCertificate === null ? -Infinity : nextCertificate.expiresAtMs - CONNECTOR_CERTIFICATE_MS;
    const againInSeconds = secondsUntil(givenAtMs + AGAIN_AFTER_MS - clock());
    if (againInSeconds > 0) return givenAlready(againInSeconds);
    const { certificateChain, serialNumber, expiryMs } = await authority.signRequest(request, connectorId);
    const certificate = { serial: serialNumber, expiresAtMs: expiryMs };
    const isOffered = await connectors.offerCertificate(connector, certificate, contextOf(connector, clientAddress));
    if (!isOffered) return givenAlready(secondsUntil(AGAIN_AFTER_MS));
    return {
      certificateChain: [...certificateChain],
      renewInSeconds: this.dueInSeconds({ certificateExpiresAtMs: expiryMs }),
    };
  }
}

function givenAlready(renewInSeconds: number): RenewalAnswer {
  return { reason: 'A certificate was given a moment ago.', renewInSeconds };
}

function contextOf({ id, displayName }: ConnectorRecord, clientAddress: string): ChangeContext {
  return { actor: { id, displayName, kind: 'connector' }, activityId: randomUUID(), clientAddress };
}

function secondsUntil(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1000));
}
