import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ConnectorRecord, ConnectorRecords } from '../store/connector-records.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';

/** From one attempt to tell a store that is down to the next, ms. */
const AGAIN_AFTER_MS = 5000;

/** What became of a certificate that was shown: the old one counts no more, or still until the store is back, or it is not one to take up. */
export type TakeUp = 'taken' | 'waiting' | 'unknown';

export interface CertificateTakeUpsOptions {
  readonly connectors: Pick<ConnectorRecords, 'takeUpCertificate'>;
  readonly log: Logger;
  readonly againAfterMs?: number;
}

interface ShownCertificate {
  readonly connector: ConnectorRecord;
  readonly serial: string;
  readonly clientAddress: string;
}

/**
 * Lets certificates that connectors have shown take the old ones' place (ADR 0049). Where the store is down, it is told once it
 * is back; should this process end before, the connector shows its certificate at the next dial.
 */
export class CertificateTakeUps {
  readonly #options: CertificateTakeUpsOptions;
  /** By connector, the last one that it showed. */
  readonly #waiting = new Map<string, ShownCertificate>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: CertificateTakeUpsOptions) {
    this.#options = options;
  }

  async takeUp(connector: ConnectorRecord, serial: string, clientAddress: string): Promise<TakeUp> {
    const shown = { connector, serial, clientAddress };
    this.#waiting.delete(connector.id);
    try {
      return await this.#store(shown);
    } catch (error) {
      this.#options.log.warn({ err: error, connectorId: connector.id }, 'relay.certificate_not_taken_up');
      this.#waiting.set(connector.id, shown);
      this.#setTimer();
      return 'waiting';
    }
  }

  /** Tries no more. */
  stop(): void {
    this.#waiting.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #store({ connector, serial, clientAddress }: ShownCertificate): Promise<TakeUp> {
    const { id, displayName } = connector;
    const context: ChangeContext = {
      actor: { id, displayName, kind: 'connector' },
      activityId: randomUUID(),
      clientAddress,
    };
    try {
      return (await this.#options.connectors.takeUpCertificate(id, serial, context)) ? 'taken' : 'unknown';
    } catch (error) {
      if (error instanceof PosternError && error.code === 'API_NOT_FOUND') return 'unknown';
      throw error;
    }
  }

  #setTimer(): void {
    const { againAfterMs = AGAIN_AFTER_MS } = this.#options;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#tryAgain();
    }, againAfterMs).unref();
  }

  /** One after the other: what a store that is back has to do meanwhile goes before. */
  async #tryAgain(): Promise<void> {
    for (const [connectorId, shown] of this.#waiting) {
      try {
        const outcome = await this.#store(shown);
        if (this.#waiting.get(connectorId) === shown) this.#waiting.delete(connectorId);
        if (outcome === 'taken') this.#options.log.info({ connectorId }, 'relay.certificate_shown');
      } catch {
        // It is down still, which is logged already. Should it be this one alone, the others go before it the next time.
        if (this.#waiting.get(connectorId) === shown) {
          this.#waiting.delete(connectorId);
          this.#waiting.set(connectorId, shown);
        }
        if (this.#waiting.size > 0) this.#setTimer();
        return;
      }
    }
  }
}
