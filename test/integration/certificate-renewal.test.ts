import { X509Certificate } from 'node:crypto';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConnectorEngine } from '../../src-main/connector/connector-engine.ts';
import { makeCertificateSigningRequest } from '../../src-main/connector/certificate-request.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { RELAY_LIMITS } from '../../src-service/relay/relay-limits.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { RENEWAL_FEATURE } from '../../src-shared/wire/renewal.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { startBareConnector } from '../helpers/start-bare-connector.ts';
import { EngineHost } from '../../src-main/connector/engine-host.ts';
import { enrolConnector, silentLog, startEngine, untilState } from '../helpers/start-connector.ts';
import { startDesktopConnector } from '../helpers/start-desktop-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { rememberKey } from '../helpers/test-log.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

let provider: StartedProvider;
let service: StartedService;
let origin: Origin;
let api: ApiClient;
let identity: ConnectorIdentity;
let aheadMs = 0;
const engines: ConnectorEngine[] = [];

beforeEach(async () => {
  aheadMs = 0;
  provider = await startProvider();
  service = await startService({ provider, clock: () => Date.now() + aheadMs });
  origin = await startOrigin();
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  const { body } = await api('POST', '/postern/enrolmentTokens', { maxUses: 1 });
  const authorization = { kind: 'enrolmentToken', token: String(body.token) } as const;
  identity = await enrolConnector({ serviceUrl: service.url, authorization });
});

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop({ drainMs: 0 });
  await origin.close();
  await service.close();
  await provider.close();
});

function start(as: ConnectorIdentity, saveIdentity?: (renewed: ConnectorIdentity) => Promise<void>): ConnectorEngine {
  const engine = startEngine(as, { ...(saveIdentity && { saveIdentity }) });
  engines.push(engine);
  return engine;
}

/** What becomes of a connector that starts as somebody, once it is known. */
async function fate(as: ConnectorIdentity): Promise<string> {
  const engine = start(as);
  const { health, problem } = await untilState(
    engine,
    ({ health: now, tunnels }) => now === 'ok' || tunnels.every(({ phase }) => phase === 'refused'),
  );
  await engine.stop({ drainMs: 0 });
  return problem?.code ?? health;
}

test('B62 a certificate past half of its life is renewed, and not one request or tunnel is broken by it', async () => {
  const externalUrl = service.externalUrl('shop');
  await api('POST', '/applications', {
    displayName: 'shop',
    onPremisesPublishing: {
      externalUrl,
      internalUrl: `${origin.url}/`,
      allowIpHosts: true,
      externalAuthenticationType: 'passthru',
    },
  });
  aheadMs = 15 * DAY_MS + MINUTE_MS;
  const saved = Promise.withResolvers<ConnectorIdentity>();
  const mayGoOn = Promise.withResolvers<void>();
  const engine = start(identity, async (renewed) => {
    saved.resolve(renewed);
    await mayGoOn.promise;
  });
  const { tunnels: before } = await untilState(
    engine,
    ({ health, applications }) => health === 'ok' && applications.length === 1,
  );
  const agent = new Agent({ connect: { lookup: loopbackLookup } });
  const ask = async (): Promise<number> => (await request(`${externalUrl}late/300`, { dispatcher: agent })).statusCode;
  const renewed = await saved.promise;
  rememberKey(renewed.privateKey);
  const running = Promise.all(Array.from({ length: 10 }, async () => ask()));
  mayGoOn.resolve();
  await untilState(engine, ({ certificateExpiryMs }) => certificateExpiryMs === renewed.certificateExpiryMs);
  expect(new Set(await running)).toEqual(new Set([200]));
  await agent.close();

  expect(renewed.privateKey).not.toBe(identity.privateKey);
  expect(renewed).toMatchObject({ connectorId: identity.connectorId, tunnelUrl: identity.tunnelUrl });
  expect(renewed.certificateExpiryMs - identity.certificateExpiryMs).toBeGreaterThanOrEqual(15 * DAY_MS);
  expect(engine.state.tunnels.map(({ sinceMs }) => sinceMs)).toEqual(before.map(({ sinceMs }) => sinceMs));
  await expect.poll(async () => fate(identity)).toBe('TUNNEL_REVOKED');
  expect(await fate(renewed)).toBe('ok');
  aheadMs = 0;
  const { body } = await api('GET', '/auditLogs/directoryAudits');
  const actions = (body.value as { activityDisplayName: string }[]).map((record) => record.activityDisplayName);
  expect(actions).toEqual(expect.arrayContaining(['connector.issueCertificate', 'connector.renewCertificate']));
});

test('a connector that could not keep its new certificate goes on with the old one, and gets another', async () => {
  aheadMs = 16 * DAY_MS;
  const asked = Promise.withResolvers<void>();
  const engine = start(identity, async () => {
    asked.resolve();
    throw new Error('No space left on device');
  });
  await asked.promise;
  expect(engine.state.certificateExpiryMs).toBe(identity.certificateExpiryMs);
  await engine.stop({ drainMs: 0 });
  expect(await fate(identity)).toBe('ok');

  aheadMs += 11 * MINUTE_MS;
  const saved = Promise.withResolvers<ConnectorIdentity>();
  start(identity, async (renewed) => saved.resolve(renewed));
  expect((await saved.promise).certificateExpiryMs).toBeGreaterThan(identity.certificateExpiryMs);
});

test('a connector that ended between keeping its new certificate and saying so comes back with it', async () => {
  aheadMs = 16 * DAY_MS;
  const saved = Promise.withResolvers<ConnectorIdentity>();
  const engine = start(identity, async (renewed) => {
    saved.resolve(renewed);
    return new Promise<never>(() => undefined);
  });
  const renewed = await saved.promise;
  rememberKey(renewed.privateKey);
  await engine.stop({ drainMs: 0 });
  expect(await fate(identity)).toBe('ok');
  expect(await fate(renewed)).toBe('ok');
  expect(await fate(identity)).toBe('TUNNEL_REVOKED');
});

test('an engine in a worker thread renews through its host, and a worker that is started again is the renewed one', async () => {
  aheadMs = 16 * DAY_MS;
  const kept: ConnectorIdentity[] = [];
  const host = new EngineHost({
    workerUrl: new URL('../../src-main/connector/engine-worker.ts', import.meta.url),
    engine: { identity, tunnels: 2, version: '0.0.0', machineName: 'test-machine', extraCertificates: [] },
    log: silentLog,
    saveIdentity: async (renewed) => {
      rememberKey(renewed.privateKey);
      kept.push(renewed);
    },
    now: () => Date.now(),
  });
  host.start();
  const { certificateExpiryMs } = await untilState(
    host,
    (state) => state.health === 'ok' && state.certificateExpiryMs > identity.certificateExpiryMs,
  );
  expect(kept.map((each) => each.certificateExpiryMs)).toEqual([certificateExpiryMs]);
  await expect.poll(async () => fate(identity)).toBe('TUNNEL_REVOKED');
  const again = Promise.withResolvers<void>();
  host.onFault(() => host.onState(({ health }) => health === 'ok' && again.resolve()));
  host.killWorker();
  await again.promise;
  expect(host.state?.certificateExpiryMs).toBe(certificateExpiryMs);
  await host.stop({ drainMs: 0 });
});

test('a connector gets no second certificate before half of the life of the first, nor many at once', async () => {
  const { certificateSigningRequest } = await makeCertificateSigningRequest();
  const accept = (): never => {
    throw new Error('No stream is expected.');
  };
  const features = [RENEWAL_FEATURE];
  const early = await startBareConnector({ identity, accept, features });
  early.say(FRAME_TYPES.RENEW, { certificateSigningRequest });
  await expect.poll(() => early.certificates.length).toBe(1);
  expect(early.certificates[0]).toMatchObject({ reason: expect.stringContaining('half of its life') as string });
  expect(early.certificates[0]?.renewInSeconds).toBeGreaterThan((15 * DAY_MS - MINUTE_MS) / 1000);
  early.close();

  aheadMs = 16 * DAY_MS;
  const due = await startBareConnector({ identity, accept, features });
  due.say(FRAME_TYPES.RENEW, { certificateSigningRequest: 'nonsense' });
  await expect.poll(() => due.certificates.length).toBe(1);
  expect(due.certificates[0]?.reason).toContain('PKCS#10');
  due.say(FRAME_TYPES.RENEW, { certificateSigningRequest });
  await expect.poll(() => due.certificates.length).toBe(2);
  const [leaf = ''] = due.certificates[1]?.certificateChain ?? [];
  expect(new X509Certificate(leaf).subject).toBe(`CN=${identity.connectorId}`);
  due.say(FRAME_TYPES.RENEW, { certificateSigningRequest });
  await expect.poll(() => due.certificates.length).toBe(3);
  expect(due.certificates[2]?.reason).toContain('a moment ago');
  due.say(FRAME_TYPES.RENEW, { certificateSigningRequest });
  due.say(FRAME_TYPES.RENEW, { certificateSigningRequest });
  expect(await due.dismissed).toMatchObject({ code: 'TUNNEL_PROTOCOL' });

  const forger = await startBareConnector({ identity, accept, features });
  forger.say(FRAME_TYPES.RENEWED, { proof: 'nonsense' });
  expect(await forger.dismissed).toMatchObject({ code: 'TUNNEL_AUTHENTICATION' });
});

test('an admitted connector could ask for renewals without end, each a look into the store', async () => {
  const { certificateSigningRequest } = await makeCertificateSigningRequest();
  const accept = (): never => {
    throw new Error('No stream is expected.');
  };
  const connector = await startBareConnector({ identity, accept, features: [RENEWAL_FEATURE] });
  const { renewalSteps } = RELAY_LIMITS;
  for (let count = 1; count <= renewalSteps; count += 1) {
    connector.say(FRAME_TYPES.RENEW, { certificateSigningRequest });
    await expect.poll(() => connector.certificates.length).toBe(count);
  }
  connector.say(FRAME_TYPES.RENEW, { certificateSigningRequest });
  expect(await connector.dismissed).toMatchObject({ code: 'TUNNEL_PROTOCOL' });
  expect(connector.certificates.length).toBe(renewalSteps);
});

test('a machine that is disconnected while its new certificate is being kept stays disconnected', async () => {
  const { connector, storage } = await startDesktopConnector(identity);
  const begun = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  storage.onSave = async () => {
    begun.resolve();
    await mayGoOn.promise;
  };
  aheadMs = 15 * DAY_MS + MINUTE_MS;
  await connector.restart();
  await begun.promise;
  const forgetting = connector.forget();
  mayGoOn.resolve();
  await forgetting;
  expect(storage.kept).toBeNull();
});
