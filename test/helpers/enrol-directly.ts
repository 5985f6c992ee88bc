import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeCertificateSigningRequest } from '../../src-main/connector/certificate-request.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { ConnectorAuthority } from '../../src-service/identity/connector-authority.ts';
import { SealingKeyFile } from '../../src-service/store/sealing-key-file.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import { openStore } from '../../src-service/store/store.ts';

/**
 * Enrols many connectors in the data of a service that isn't running, where one address may only enrol so many a minute.
 * They share a key, which nobody looks at; their certificates and ids are their own.
 */
export async function enrolDirectly(
  dataFolder: string,
  serviceUrl: string,
  count: number,
): Promise<ConnectorIdentity[]> {
  const sealingKey = new SealingKeyFile(join(dataFolder, 'sealing.key'), false);
  const store = await openStore({
    location: { kind: 'sqlite', file: join(dataFolder, 'postern.db') },
    sealingKey,
    clock: Date.now,
  });
  try {
    const authority = await ConnectorAuthority.open(store.keys, Date.now);
    const { privateKey, certificateSigningRequest } = await makeCertificateSigningRequest();
    const identities: ConnectorIdentity[] = [];
    for (let index = 0; index < count; index += 1) {
      const connectorId = randomUUID();
      const displayName = `Connector ${index}`;
      const issued = await authority.signRequest(certificateSigningRequest, connectorId);
      await store.connectors.enrol(
        {
          id: connectorId,
          displayName,
          machineName: 'test-machine',
          version: '0.0.0',
          connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
          certificateSerial: issued.serialNumber,
          certificateExpiresAtMs: issued.expiryMs,
          createdAtMs: Date.now(),
          lastSeenAtMs: null,
          externalIp: null,
        },
        null,
        { actor: { id: 'test', displayName: 'Test', kind: 'service' }, activityId: randomUUID() },
      );
      identities.push({
        format: 1,
        connectorId,
        displayName,
        connectorGroupName: 'Default',
        serviceUrl,
        tunnelUrl: `${serviceUrl.replace('http', 'ws')}/.postern/tunnel`,
        tunnelAudience: serviceUrl,
        privateKey,
        certificateChain: [...issued.certificateChain],
        certificateExpiryMs: issued.expiryMs,
      });
    }
    return identities;
  } finally {
    await store.close();
  }
}
