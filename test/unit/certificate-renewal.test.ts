import pino from 'pino';
import { expect, test } from 'vitest';
import type { EngineRuntime } from '../../src-main/connector/engine-runtime.ts';
import { IdentityKeeper, type RenewalCarrier } from '../../src-main/connector/identity-keeper.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { CONNECTOR_CERTIFICATE_MS } from '../../src-service/identity/connector-authority.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { CertificateTakeUps } from '../../src-service/relay/certificate-take-ups.ts';
import { ConnectorRenewals } from '../../src-service/relay/connector-renewals.ts';
import { makeRelayHost, type RelayHostOptions } from '../../src-service/relay/relay-host.ts';
import type { ConnectorRecord } from '../../src-service/store/connector-records.ts';
import { silentLog } from '../helpers/start-connector.ts';
import { systemRuntime } from '../helpers/this-machine.ts';

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
    renewals: { dueInSeconds: () => 1 },
    takeUps: { takeUp: async () => (whileTakenUp(inMemory) ? 'taken' : 'unknown') },
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

test('B62 who is removed while the store is asked for it was admitted, as if memory had not heard of it yet', async () => {
  const found: (ConnectorRecord | null)[] = [];
  const host = makeRelayHost({
    authority: { verifyProof: async () => ({ connectorId: 'c', serialNumber: 'S1' }) },
    configurations: { findConnector: () => null },
    connectors: { find: async () => found.shift() ?? null },
    renewals: { dueInSeconds: () => 1 },
    log: pino({ level: 'silent' }),
  } as unknown as RelayHostOptions);
  const record = { id: 'c', revokedAtMs: null, nextCertificate: null, certificateSerial: 'S1' } as ConnectorRecord;
  found.push(record);
  await expect(host.admit('proof', 'nonce', '::1')).rejects.toMatchObject({ code: 'TUNNEL_REVOKED' });
  // It enrolled a moment ago, and memory has not heard of that.
  found.push(record, record);
  await expect(host.admit('proof', 'nonce', '::1')).resolves.toMatchObject({ connectorId: 'c' });
});

test('B62 a certificate that is shown while the store is down was taken up at the next dial only, and logged as taken up', async () => {
  const connector = { id: 'c', displayName: 'Hall' } as ConnectorRecord;
  const attempts: string[] = [];
  let isDown = true;
  const events: string[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => events.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const takeUps = new CertificateTakeUps({
    connectors: {
      takeUpCertificate: async (_id, serial) => {
        attempts.push(serial);
        if (isDown) throw new PosternError('STORE_UNAVAILABLE');
        return true;
      },
    },
    log,
    againAfterMs: 1,
  });
  expect(await takeUps.takeUp(connector, 'S1', '::1')).toBe('waiting');
  expect(await takeUps.takeUp(connector, 'S2', '::1')).toBe('waiting');
  await expect.poll(() => attempts.length).toBeGreaterThan(3);
  isDown = false;
  await expect.poll(() => events.at(-1)).toBe('relay.certificate_shown');
  expect(new Set(attempts.slice(1))).toEqual(new Set(['S2']));
  expect(await takeUps.takeUp(connector, 'S2', '::1')).toBe('taken');
  // Once told, it is told no more, nor is one that nobody waits for.
  isDown = true;
  expect(await takeUps.takeUp(connector, 'S3', '::1')).toBe('waiting');
  takeUps.stop();
  const { length } = attempts;
  await new Promise((resolve) => void setTimeout(resolve, 50));
  expect(attempts.length).toBe(length);
});

test('B62 one connector that the store refuses had all behind it wait', async () => {
  const taken: string[] = [];
  let isDown = true;
  const takeUps = new CertificateTakeUps({
    connectors: {
      takeUpCertificate: async (id) => {
        if (isDown || id === 'refused') throw new PosternError('STORE_UNAVAILABLE');
        taken.push(id);
        return true;
      },
    },
    log: pino({ level: 'silent' }),
    againAfterMs: 1,
  });
  for (const id of ['refused', 'next', 'last'])
    await takeUps.takeUp({ id, displayName: id } as ConnectorRecord, 'S1', '::1');
  isDown = false;
  await expect.poll(() => taken.toSorted()).toEqual(['last', 'next']);
  takeUps.stop();
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
