import { mkdtempSync, rmSync } from 'node:fs';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RequestOptions, request as httpRequest } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { type RunningConnector, startConnector, untilState } from '../helpers/start-connector.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const stack: (() => unknown)[] = [];
let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;
let dataFolder: string;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'postern-service-'));
  stack.push(() => rmSync(dataFolder, { recursive: true }));
  provider = await startProvider();
  stack.push(() => provider.close());
  service = await startService({ provider, dataFolder });
  stack.push(() => service.close());
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
});

afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end();
});

async function startBackend(
  answer: (response: ServerResponse) => void = (response) => response.end('hello from inside'),
): Promise<string> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stack.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function startEnrolled(): Promise<RunningConnector> {
  const { body } = await api('POST', '/postern/enrolmentTokens', {});
  const connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token: body.token },
  });
  stack.push(() => connector.close());
  return connector;
}

/** glibc doesn't know *.localhost: the address is dialled, the name is said. */
function get(url: string): Promise<{ status: number; text: string }> {
  const { host, port, pathname } = new URL(url);
  const options: RequestOptions = { host: '127.0.0.1', port, path: pathname, headers: { host }, agent: false };
  return new Promise((resolve, reject) => {
    httpRequest(options, (response) => {
      const status = response.statusCode ?? 0;
      response.toArray().then((chunks) => resolve({ status, text: Buffer.concat(chunks).toString() }), reject);
    })
      .on('error', reject)
      .end();
  });
}

test('B63 what is published with a connector standing can be fetched at once; a change arrives at once too', async () => {
  const connector = await startEnrolled();
  const created = await api('POST', '/applications', {
    displayName: 'Hello',
    onPremisesPublishing: {
      externalUrl: service.externalUrl('hello'),
      internalUrl: await startBackend(),
      externalAuthenticationType: 'passthru',
      allowIpHosts: true,
    },
  });
  expect(created.status).toBe(201);
  await untilState(connector.engine, (state) => state.applications.length === 1);
  expect(await get(service.externalUrl('hello'))).toEqual({ status: 200, text: 'hello from inside' });
  await api('PATCH', `/applications/${created.body.id}`, { displayName: 'Hello 2' });
  const state = await untilState(connector.engine, ({ applications }) => applications[0]?.displayName === 'Hello 2');
  expect(state).toMatchObject({ connectorName: 'Test connector', connectorGroupName: 'Default' });
  const listed = await api(
    'GET',
    `/onPremisesPublishingProfiles/applicationProxy/connectors?$filter=${encodeURIComponent("status eq 'active'")}`,
  );
  expect(listed.body.value).toMatchObject([{ id: connector.identity.connectorId, tunnels: 2, status: 'active' }]);
});

test('B67 a connector moved to another group serves that one, with no restart', async () => {
  const connector = await startEnrolled();
  const profile = '/onPremisesPublishingProfiles/applicationProxy';
  const { body: group } = await api('POST', `${profile}/connectorGroups`, { name: 'Berlin' });
  const reference = { '@odata.id': `${service.apiBaseUrl}${profile}/connectorGroups/${group.id}` };
  await api('POST', `${profile}/connectors/${connector.identity.connectorId}/memberOf/$ref`, reference);
  await untilState(connector.engine, (state) => state.connectorGroupName === 'Berlin');
});

test('B62 a removed connector is cut off at once, and told so', async () => {
  const connector = await startEnrolled();
  const path = `/onPremisesPublishingProfiles/applicationProxy/connectors/${connector.identity.connectorId}`;
  expect((await api('DELETE', path)).status).toBe(204);
  const state = await untilState(connector.engine, ({ tunnels }) => tunnels.every(({ phase }) => phase === 'refused'));
  expect(state.problem?.code).toBe('TUNNEL_REVOKED');
});

test('B66 a stopping service is not ready and lets a running request finish', async () => {
  const connector = await startEnrolled();
  const arrived = Promise.withResolvers<() => void>();
  const internalUrl = await startBackend((response) => arrived.resolve(() => response.end('late')));
  await api('POST', '/applications', {
    displayName: 'Slow',
    onPremisesPublishing: {
      externalUrl: service.externalUrl('slow'),
      internalUrl,
      externalAuthenticationType: 'passthru',
      allowIpHosts: true,
    },
  });
  await untilState(connector.engine, (state) => state.applications.length === 1);
  const running = get(service.externalUrl('slow'));
  const finish = await arrived.promise;
  const closed = service.close(10_000);
  expect((await fetch(`${service.operationsUrl}/readyz`)).status).toBe(503);
  finish();
  expect(await running).toEqual({ status: 200, text: 'late' });
  await closed;
});

test('a second start finds applications, connectors and the authority again', async () => {
  const connector = await startEnrolled();
  const port = Number(new URL(service.url).port);
  await service.close();
  service = await startService({
    provider,
    dataFolder,
    configuration: { listen: { host: '127.0.0.1', port }, publicUrl: `http://localhost:${port}` },
  });
  const again = service;
  stack.push(() => again.close());
  await untilState(connector.engine, (state) => state.health !== 'ok');
  connector.engine.retryNow();
  await untilState(connector.engine, (state) => state.health === 'ok');
});

test('a port in use is said with the key to change, and nothing stays open', async () => {
  const port = Number(new URL(service.url).port);
  const second = startService({ provider, configuration: { listen: { host: '127.0.0.1', port } } });
  await expect(second).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('listen.port'),
  });
});
