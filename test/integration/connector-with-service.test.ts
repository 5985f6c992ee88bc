import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Agent, request } from 'undici';
import { makeCertificateSigningRequest } from '../../src-main/connector/certificate-request.ts';
import { ConnectorAuthority } from '../../src-service/identity/connector-authority.ts';
import { storeSchema } from '../../src-service/config/store-configuration.ts';
import { SealingKeyFile } from '../../src-service/store/sealing-key-file.ts';
import { openStore } from '../../src-service/store/store.ts';
import { storeLocation } from '../../src-service/store/store-location.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { type RunningConnector, startConnector, startEngine, untilState } from '../helpers/start-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { storeForFolder } from '../helpers/test-store.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

let provider: StartedProvider;
let service: StartedService;
let origin: Origin;
let api: ApiClient;
let agent: Agent;
const connectors: RunningConnector[] = [];

beforeEach(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  origin = await startOrigin();
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  agent = new Agent({ connect: { lookup: loopbackLookup } });
});

afterEach(async () => {
  for (const connector of connectors.splice(0)) await connector.close();
  await agent.destroy();
  await origin.close();
  await service.close();
  await provider.close();
});

async function makeToken(): Promise<string> {
  const { body } = await api('POST', '/postern/enrolmentTokens', { maxUses: 1 });
  return String(body.token);
}

async function connect(token: string): Promise<RunningConnector> {
  const connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token },
  });
  connectors.push(connector);
  return connector;
}

/** Publishes the origin under a name, for anybody. */
async function publish(name: string, change: Partial<OnPremisesPublishing> = {}): Promise<string> {
  const externalUrl = service.externalUrl(name);
  const { status } = await api('POST', '/applications', {
    displayName: name,
    onPremisesPublishing: {
      externalUrl,
      internalUrl: `${origin.url}/`,
      allowIpHosts: true,
      externalAuthenticationType: 'passthru',
      ...change,
    },
  });
  expect(status).toBe(201);
  return externalUrl;
}

test('B61 B63 a connector enrols, is told of an application at once, and serves it', async () => {
  const { engine, identity } = await connect(await makeToken());
  const told = untilState(engine, ({ applications }) => applications.length === 1);
  const externalUrl = await publish('shop');
  expect((await told).applications).toMatchObject([{ externalUrl, internalUrl: `${origin.url}/` }]);
  const { statusCode, body } = await request(`${externalUrl}echo?x=1`, {
    dispatcher: agent,
    method: 'PUT',
    body: 'hello',
  });
  expect(statusCode).toBe(200);
  expect(await body.json()).toMatchObject({ method: 'PUT', url: '/echo?x=1', body: 'hello' });
  const { body: listed } = await api('GET', '/onPremisesPublishingProfiles/applicationProxy/connectors');
  expect(listed.value).toMatchObject([{ id: identity.connectorId, status: 'active', tunnels: 2 }]);
});

test('B68 session affinity: a cookie of the application, which the backend never sees', async () => {
  const { engine } = await connect(await makeToken());
  const told = untilState(engine, ({ applications }) => applications.length === 2);
  const sticky = await publish('sticky', { isSessionAffinityEnabled: true });
  const plain = await publish('plain');
  await told;
  const get = async (url: string, cookie = ''): Promise<{ cookies: string[]; seen: string }> => {
    const { headers, body } = await request(`${url}echo`, { dispatcher: agent, headers: { cookie } });
    return { cookies: [headers['set-cookie'] ?? []].flat(), seen: await body.text() };
  };
  const { cookies } = await get(sticky);
  expect(cookies).toMatchObject([
    expect.stringMatching(/^postern-affinity-[\w-]+=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/),
  ]);
  const pair = cookies[0]?.split(';')[0] ?? '';
  const again = await get(sticky, `mine=1; ${pair}`);
  expect(again.cookies).toEqual([]);
  expect(again.seen).toContain('mine=1');
  expect(again.seen).not.toContain('affinity');
  expect((await get(plain)).cookies).toEqual([]);
});

test('B65 what a canary takes is shown by the API and to operators', async () => {
  const { engine, identity } = await connect(await makeToken());
  await untilState(engine, ({ tunnels }) => tunnels.every(({ canaryAtMs }) => canaryAtMs !== null));
  const path = `/onPremisesPublishingProfiles/applicationProxy/connectors/${identity.connectorId}`;
  await expect.poll(async () => (await api('GET', path)).body.canaryMs).toBeGreaterThanOrEqual(0);
  const metrics = await (await fetch(`${service.operationsUrl}/metrics`)).text();
  expect(metrics).toContain(`postern_connector_tunnels{connector="${identity.connectorId}"} 2`);
  expect(metrics).toContain(`postern_tunnel_canary_seconds{connector="${identity.connectorId}"}`);
});

test('operators see what became of requests', async () => {
  const { engine } = await connect(await makeToken());
  const told = untilState(engine, ({ applications }) => applications.length === 1);
  const externalUrl = await publish('counted');
  await told;
  for (const path of ['status/204', 'reset']) {
    const { body } = await request(`${externalUrl}${path}`, { dispatcher: agent });
    await body.dump();
  }
  const metrics = await (await fetch(`${service.operationsUrl}/metrics`)).text();
  expect(metrics).toContain('postern_relay_requests_total{outcome="answered",hop="none"} 1');
  expect(metrics).toContain('postern_relay_requests_total{outcome="failed",hop="backend"} 1');
});

describe('what the service refuses', () => {
  test('a token that was used, and one that never was', async () => {
    const token = await makeToken();
    await connect(token);
    await expect(connect(token)).rejects.toMatchObject({ code: 'ENROLMENT_TOKEN_USED' });
    await expect(connect('pet_nonsense')).rejects.toMatchObject({ code: 'ENROLMENT_TOKEN_INVALID' });
  });

  test('B62 a certificate of the connector that is not the one it was given last', async () => {
    const given = await connect(await makeToken());
    await given.close();
    const { identity } = given;
    const { privateKey, certificateSigningRequest } = await makeCertificateSigningRequest();
    const sealingKey = new SealingKeyFile(join(service.dataFolder, 'sealing.key'), false);
    const store = await openStore({
      location: { kind: 'sqlite', file: join(service.dataFolder, 'postern.db') },
      sealingKey,
      clock: Date.now,
    });
    const authority = await ConnectorAuthority.open(store.keys, Date.now);
    const { certificateChain } = await authority.signRequest(certificateSigningRequest, identity.connectorId);
    await store.close();
    const engine = startEngine({ ...identity, privateKey, certificateChain: [...certificateChain] });
    const { problem } = await untilState(engine, ({ tunnels }) => tunnels.every(({ phase }) => phase === 'refused'));
    expect(problem).toMatchObject({ code: 'TUNNEL_REVOKED' });
    await engine.stop({ drainMs: 0 });
  });

  test('B62 a connector that was removed, at once and for good', async () => {
    const { engine, identity } = await connect(await makeToken());
    const path = `/onPremisesPublishingProfiles/applicationProxy/connectors/${identity.connectorId}`;
    expect((await api('DELETE', path)).status).toBe(204);
    const { problem } = await untilState(engine, ({ tunnels }) => tunnels.every(({ phase }) => phase === 'refused'));
    expect(problem).toMatchObject({ code: 'TUNNEL_REVOKED' });
    engine.retryNow();
    await untilState(engine, ({ tunnels }) =>
      tunnels.every(({ phase, failures }) => phase === 'refused' && failures > 1),
    );
  });
});

test('B63 an application that the connector can not take: the last good one is served, and the API says why until it is mended', async () => {
  const { engine, identity } = await connect(await makeToken());
  const externalUrl = await publish('shop');
  await untilState(engine, ({ applications }) => applications.length === 1);
  const [application] = (await api('GET', '/applications')).body.value as { id: string; displayName: string }[];
  const { id = '' } = application ?? {};
  const status = async () => (await api('GET', `/postern/applications/${id}/configurationStatus`)).body;
  const connector = async () =>
    (await api('GET', `/onPremisesPublishingProfiles/applicationProxy/connectors/${identity.connectorId}`)).body;
  await expect.poll(status).toMatchObject({ isInForce: true, connectors: [{ state: 'inForce', reason: null }] });

  // The API would refuse it; a service of another version need not.
  const location = storeLocation({
    dataFolder: service.dataFolder,
    store: storeSchema.parse(await storeForFolder(service.dataFolder)),
  });
  const sealingKey = new SealingKeyFile(join(service.dataFolder, 'sealing.key'), false);
  const store = await openStore({ location, sealingKey, clock: Date.now });
  const change = { onPremisesPublishing: { backendTrustedCertificates: 'trust me' } };
  await store.applications.update(id, change, serviceContext('test'));
  await store.close();

  const reason = 'backendTrustedCertificates has no certificate.';
  await expect.poll(status).toMatchObject({
    isInForce: false,
    connectors: [{ connectorId: identity.connectorId, state: 'rejected', reason }],
  });
  expect(await connector()).toMatchObject({
    status: 'active',
    configurationProblem: `shop: ${reason}`,
    rejectedApplications: [{ applicationId: id, displayName: 'shop', reason }],
  });
  expect(engine.state.rejectedApplications).toEqual([{ id, displayName: 'shop', reason, cause: 'change' }]);
  const { statusCode, body } = await request(`${externalUrl}echo`, { dispatcher: agent });
  await body.dump();
  expect(statusCode).toBe(200);

  await api('PATCH', `/applications/${id}`, { onPremisesPublishing: { backendTrustedCertificates: null } });
  await expect.poll(status).toMatchObject({ isInForce: true });
  expect(await connector()).toMatchObject({ configurationProblem: null, rejectedApplications: [] });
  expect((await api('GET', '/postern/applications/nobody/configurationStatus')).status).toBe(404);
});
