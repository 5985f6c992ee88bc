import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeSchema } from '../../src-service/config/store-configuration.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import { SealingKeyFile } from '../../src-service/store/sealing-key-file.ts';
import { storeLocation } from '../../src-service/store/store-location.ts';
import { openStore } from '../../src-service/store/store.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import { ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import type { ConnectorEngine } from '../../src-main/connector/connector-engine.ts';
import { makeApiClient } from '../helpers/api-client.ts';
import { enrolConnector, startEngine, untilState } from '../helpers/start-connector.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { storeForFolder } from '../helpers/test-store.ts';

const APPLICATIONS = 10_000;
const CONNECTORS = 20;
const ROUNDS = 3;

let dataFolder: string;
let provider: StartedProvider;
let service: StartedService;
let counter: { readonly server: Server; readonly port: number; sentBytes: number };
const engines: ConnectorEngine[] = [];

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'postern-push-'));
  provider = await startProvider();
  await fillStore();
  service = await startService({ provider, dataFolder });
  counter = await startCounter(Number(new URL(service.url).port));
}, 240_000);

afterEach(async () => {
  await Promise.all(engines.splice(0).map(async (engine) => engine.stop({ drainMs: 0 })));
  counter.server.close();
  await service.close();
  await provider.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function fillStore(): Promise<void> {
  const location = storeLocation({ dataFolder, store: storeSchema.parse(await storeForFolder(dataFolder)) });
  const sealingKey = new SealingKeyFile(join(dataFolder, 'sealing.key'), true);
  const store = await openStore({ location, sealingKey, clock: Date.now });
  await store.changeTogether(serviceContext('test'), async ({ applications }) => {
    for (let index = 0; index < APPLICATIONS; index += 1) {
      await applications.create(
        {
          id: `application-${index}`,
          appId: `app-${index}`,
          displayName: `Application ${index}`,
          createdDateTime: '2026-01-01T00:00:00.000Z',
          appRoleAssignmentRequired: false,
          appRoles: [],
          connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
          ...UNDESCRIBED_APPLICATION,
          onPremisesPublishing: {
            ...ON_PREMISES_PUBLISHING_DEFAULTS,
            externalUrl: `https://application-${index}.postern.localhost/`,
            internalUrl: `http://backend-${index}.corp.example/`,
          },
        },
        serviceContext('test'),
      );
    }
  });
  await store.close();
}

/** Passes tunnels on to the service and counts what it sends. */
async function startCounter(port: number): Promise<typeof counter> {
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    upstream.on('data', (octets) => {
      counted.sentBytes += octets.length;
    });
    upstream.pipe(client);
    client.pipe(upstream);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const counted = { server, port: (server.address() as AddressInfo).port, sentBytes: 0 };
  return counted;
}

test(`B63 of ${APPLICATIONS} applications a change of one is with ${CONNECTORS} connectors within 2 s of the request, for less than 4 KiB`, async () => {
  const api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  const { body } = await api('POST', '/postern/enrolmentTokens', { maxUses: CONNECTORS });
  const authorization = { kind: 'enrolmentToken', token: String(body.token) } as const;
  for (let index = 0; index < CONNECTORS; index += 1) {
    const identity = await enrolConnector({ serviceUrl: service.url, authorization });
    const tunnelUrl = new URL(identity.tunnelUrl);
    tunnelUrl.port = String(counter.port);
    const engine = startEngine({ ...identity, tunnelUrl: tunnelUrl.href }, { tunnels: 1 });
    engines.push(engine);
    await untilState(engine, ({ applications }) => applications.length === APPLICATIONS);
  }
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = `application-${round * 100 + 17}`;
    const before = counter.sentBytes;
    const startedAtMs = performance.now();
    const told = engines.map((engine) =>
      untilState(engine, ({ applications }) =>
        applications.some((each) => each.id === id && each.displayName === `Changed ${round}`),
      ),
    );
    expect((await api('PATCH', `/applications/${id}`, { displayName: `Changed ${round}` })).status).toBeLessThan(300);
    const answeredMs = performance.now() - startedAtMs;
    await Promise.all(told);
    const tookMs = performance.now() - startedAtMs;
    const sentBytes = counter.sentBytes - before;
    times.push(tookMs);
    console.log(
      `B63: ${APPLICATIONS} applications, ${CONNECTORS} connectors: ${tookMs.toFixed(0)} ms from the request (answered after ` +
        `${answeredMs.toFixed(0)} ms) to the last connector, ${(sentBytes / CONNECTORS).toFixed(0)} octets to each`,
    );
    expect(sentBytes / CONNECTORS).toBeLessThan(4096);
  }
  // What else the machine does meanwhile slows single changes; the work of one is the same each time.
  expect(Math.min(...times)).toBeLessThan(2000);
}, 240_000);
