import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Agent, request } from 'undici';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type RunningConnector, startConnector } from '../helpers/start-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

let folder: string;
let certificate: string;
let provider: StartedProvider;
let service: StartedService;
let origin: Origin;
let api: ApiClient;
let agent: Agent;
let connector: RunningConnector;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'postern-tunnel-listen-'));
  const { cert, key } = await makeCertificate(['localhost'], []);
  certificate = cert;
  const tls = { certificateFile: path.join(folder, 'certificate.pem'), keyFile: path.join(folder, 'key.pem') };
  await Promise.all([writeFile(tls.certificateFile, cert), writeFile(tls.keyFile, key)]);
  provider = await startProvider();
  service = await startService({
    provider,
    configuration: { tunnelListen: { host: '127.0.0.1', port: 0, publicUrl: 'https://localhost:0', tls } },
  });
  origin = await startOrigin();
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  agent = new Agent({ connect: { lookup: loopbackLookup } });
  const { body } = await api('POST', '/postern/enrolmentTokens', { maxUses: 1 });
  connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token: String(body.token) },
    extraCertificates: [certificate],
  });
});

afterEach(async () => {
  await connector.close();
  await agent.destroy();
  await origin.close();
  await service.close();
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

test('a listener for tunnels alone carries them over TLS while users arrive in plain', async () => {
  const { tunnelUrl, tunnelAudience } = connector.identity;
  expect(tunnelUrl).toMatch(/^wss:\/\/localhost:\d+\/\.postern\/tunnel$/);
  expect(tunnelAudience).toBe(service.url);
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
  const { statusCode, body } = await request(`${externalUrl}echo`, { dispatcher: agent, method: 'PUT', body: 'hello' });
  expect(statusCode).toBe(200);
  expect(await body.json()).toMatchObject({ body: 'hello' });
});

test('a listener for tunnels alone answers nothing else', async () => {
  const { port } = new URL(connector.identity.tunnelUrl);
  const ask = async (headers: Readonly<Record<string, string>>): Promise<[number | undefined, string]> => {
    const outgoing = httpsRequest({
      host: 'localhost',
      port,
      path: '/graph/beta/applications',
      ca: certificate,
      headers,
    });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return [response.statusCode, await text(response)];
  };
  const [status, body] = await ask({});
  expect([status, body]).toEqual([404, expect.stringMatching(/^404 .*\nX-Postern-Activity-Id: [\da-f-]{36}\n$/)]);
  expect((await ask({ connection: 'upgrade', upgrade: 'websocket' }))[0]).toBe(404);
});
