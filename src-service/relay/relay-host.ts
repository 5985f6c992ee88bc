import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ConnectorAuthority } from '../identity/connector-authority.ts';
import type { ConnectorConfigurations } from '../publishing/connector-configurations.ts';
import type { ConnectorRecord, ConnectorSighting } from '../store/connector-records.ts';
import type { CertificateTakeUps } from './certificate-take-ups.ts';
import type { ConnectorRenewals } from './connector-renewals.ts';
import type { RelayHost } from './relay-types.ts';

export interface RelayHostOptions {
  readonly tunnelAudience: string;
  readonly serviceVersion: string;
  readonly authority: Pick<ConnectorAuthority, 'verifyProof'>;
  readonly configurations: ConnectorConfigurations;
  readonly connectors: {
    find(id: string): Promise<ConnectorRecord | null>;
    noteSeen(id: string, sighting: ConnectorSighting): Promise<void>;
  };
  readonly renewals: ConnectorRenewals;
  readonly takeUps: CertificateTakeUps;
  readonly log: Logger;
}

/** What the relay asks of the service: who a connector is, what it serves, and to note that it was there. */
export function makeRelayHost(options: RelayHostOptions): RelayHost {
  const { authority, configurations, connectors, renewals, takeUps, log, tunnelAudience, serviceVersion } = options;

  /** The store knows of a connector that enrolled this very moment; with the store down, memory does. */
  const findConnector = async (id: string): Promise<ConnectorRecord | null> => {
    try {
      return await connectors.find(id);
    } catch (error) {
      log.warn({ err: error, connectorId: id }, 'relay.connector_from_memory');
      return configurations.findConnector(id);
    }
  };

  return {
    tunnelAudience,
    serviceVersion,
    admit: async (proof, nonce, clientAddress) => {
      const { connectorId, serialNumber } = await authority.verifyProof(proof, { audience: tunnelAudience, nonce });
      const connector = await findConnector(connectorId);
      const next = connector?.nextCertificate?.serial === serialNumber ? connector.nextCertificate : null;
      const takeUp =
        connector === null || next === null ? null : await takeUps.takeUp(connector, serialNumber, clientAddress);
      // Changes that came while the store was asked have been told already: memory knows of them. One that it does not know
      // enrolled a moment ago, or was removed meanwhile.
      const known = configurations.findConnector(connectorId) ?? (connector && (await connectors.find(connectorId)));
      if (connector === null || known === null) {
        throw new PosternError('TUNNEL_REVOKED', {
          message: 'An administrator removed this connector. Enrol it again to use it.',
        });
      }
      if (connector.revokedAtMs !== null || known.revokedAtMs !== null) {
        throw new PosternError('TUNNEL_REVOKED', {
          message: 'An administrator revoked this connector. Enrol it again to use it.',
        });
      }
      if (takeUp === 'unknown' || (next === null && connector.certificateSerial !== serialNumber))
        throw replacedCertificate();
      const { displayName, connectorGroupId, isDraining } = known;
      const renewInSeconds = renewals.dueInSeconds({
        certificateExpiresAtMs: next?.expiresAtMs ?? connector.certificateExpiresAtMs,
      });
      return { connectorId, displayName, connectorGroupId, isDraining, renewInSeconds };
    },
    renewCertificate: async (...asked) => renewals.renew(...asked),
    takeUpCertificate: async (connectorId, proof, nonce, clientAddress) => {
      const proven = await authority.verifyProof(proof, { audience: tunnelAudience, nonce });
      const connector = proven.connectorId === connectorId ? await findConnector(connectorId) : null;
      const takeUp = connector && (await takeUps.takeUp(connector, proven.serialNumber, clientAddress));
      if (takeUp === null || takeUp === 'unknown') throw replacedCertificate();
      return takeUp;
    },
    configurationFor: (connectorGroupId) => configurations.forGroup(connectorGroupId),
    onPresence: ({ connectorId, connectorVersion, machineName, operatingSystem, remoteAddress }) => {
      connectors
        .noteSeen(connectorId, { version: connectorVersion, machineName, operatingSystem, externalIp: remoteAddress })
        .catch((error: unknown) => log.warn({ err: error, connectorId }, 'relay.presence_not_stored'));
    },
  };
}

function replacedCertificate(): PosternError {
  return new PosternError('TUNNEL_REVOKED', {
    message: 'The certificate is not the one that this connector was given last. Enrol it again to use it.',
  });
}
