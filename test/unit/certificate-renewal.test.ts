import pino from 'pino';
import { expect, test } from 'vitest';
import { type EngineRuntime, systemRuntime } from '../../src-main/connector/engine-runtime.ts';
import { IdentityKeeper, type RenewalCarrier } from '../../src-main/connector/identity-keeper.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { CONNECTOR_CERTIFICATE_MS } from '../../src-service/identity/connector-authority.ts';
import { ConnectorRenewals } from '../../src-service/relay/connector-renewals.ts';
import { makeRelayHost, type RelayHostOptions } from '../../src-service/relay/relay-host.ts';
import type { ConnectorRecord } from '../../src-service/store/connector-records.ts';
import { silentLog } from '../helpers/start-connector.ts';

const NEXT = { serial: 'S2', expiresAtMs: CONNECTOR_CERTIFICATE_MS };

/** A connector that shows the certificate it was given. */
function makeHost(
  whileTakenUp: (record: { -readonly [Key in keyof ConnectorRecord]: ConnectorRecord[Key] }) => boolean,
) {
  const record = { id: 'c', displayName: 'Hall', connectorGroupId: 'g', revokedAtMs: null } as ConnectorRecord;
  const stored = { ...record, certificateSerial: 'S1', certificateExpiresAtMs: 0, nextCertificate: NEXT };
  const inMemory = { ...stored };
  return makeRelayHost({
    authority: { verifyProof: async () => ({ connectorId: 'c', serialNumber: 'S2' }) },
    configurations: { findConnector: () => inMemory },
    connectors: { find: async () => stored },
    renewals: { takeUp: async () => whileTakenUp(inMemory), dueInSeconds: () => 1 },
    log: pino({ level: 'silent' }),
  } as unknown as RelayHostOptions);
}

test('B62 who is revoked while a renewed certificate is taken up was admitted', async () => {
  const host = makeHost((connector) => {
    connector.revokedAtMs = 1;
    return true;
  });
  await expect(host.admit('proof', 'nonce', '::1')).rejects.toMatchObject({ code: 'TUNNEL_REVOKED' });
});

test('B62 who shows a certificate in whose place another was given meanwhile was admitted', async () => {
  await expect(makeHost(() => false).admit('proof', 'nonce', '::1')).rejects.toMatchObject({ code: 'TUNNEL_REVOKED' });
  await expect(makeHost(() => true).admit('proof', 'nonce', '::1')).resolves.toMatchObject({ connectorId: 'c' });
});

test('B62 of two renewals that overtake each other the second is told to wait', async () => {
  const connector = { id: 'c', revokedAtMs: null, certificateExpiresAtMs: 0, nextCertificate: null };
  const renewals = new ConnectorRenewals({
    authority: {
      signRequest: async () => ({ certificateChain: ['pem'], serialNumber: 'S2', expiryMs: 1 }),
    },
    connectors: {
      find: async () => connector as unknown as ConnectorRecord,
      offerCertificate: async () => false,
      takeUpCertificate: async () => true,
    },
    clock: () => 0,
  });
  expect(await renewals.renew('c', 'request', '::1')).toEqual({
    reason: 'A certificate was given a moment ago.',
    renewInSeconds: 600,
  });
});

test('B62 an engine that has stopped renews nothing, though its tunnels end behind it', async () => {
  const sent: number[] = [];
  const carrier: RenewalCarrier = { send: (type) => sent.push(type), prove: async () => '' };
  const identity = {} as ConnectorIdentity;
  const runtime: EngineRuntime = systemRuntime;
  const keeper = new IdentityKeeper({
    identity,
    save: async () => undefined,
    runtime,
    log: silentLog,
    onRenewed: () => undefined,
  });
  keeper.attach(carrier, identity, 0);
  await expect.poll(() => sent.length).toBe(1);
  const other: RenewalCarrier = { ...carrier };
  keeper.attach(other, identity, 0);
  keeper.stop();
  keeper.detach(carrier);
  await new Promise((resolve) => void setTimeout(resolve, 200));
  expect(sent.length).toBe(1);
});
