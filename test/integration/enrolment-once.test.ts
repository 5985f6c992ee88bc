import { once } from 'node:events';
import { createServer, type Server, type Socket, connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import { AdminApi } from '../../src-main/account/admin-api.ts';
import { PublishingApi } from '../../src-main/account/publishing-api.ts';
import { makePublications } from '../../src-main/app/publications.ts';
import { type TakenBack, UndoableCreation } from '../../src-main/app/undoable-creation.ts';
import { makeCertificateSigningRequest } from '../../src-main/connector/certificate-request.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { enrol } from '../../src-main/connector/enrolment.ts';
import { applicationCreateSchema, type Connector, type User } from '../../src-shared/publishing/application.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { findAddresses } from '../helpers/this-machine.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy/connectors';

let provider: StartedProvider;
let service: StartedService;
let token: string;
let api: ApiClient;
let way: Server;
/** What becomes of an answer to an enrolment on its way back. */
let onAnswer: (pass: () => void, cut: () => void) => void = (pass) => pass();

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  token = await provider.automationToken();
  api = makeApiClient(service.apiBaseUrl, token);
  way = await startWay(Number(new URL(service.url).port));
});

afterAll(async () => {
  way.close();
  await service.close();
  await provider.close();
});

/** A way to the service on which an answer to an enrolment can be held up, or be lost. */
async function startWay(port: number): Promise<Server> {
  const server = createServer((near: Socket) => {
    const far = connect(port, '127.0.0.1');
    let isEnrolment = false;
    near.on('data', (data) => {
      isEnrolment ||= data.includes('/connector/enrol');
      far.write(data);
    });
    far.on('data', (data) => {
      if (isEnrolment)
        onAnswer(
          () => void near.write(data),
          () => near.destroy(),
        );
      else near.write(data);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function makeEnrolment() {
  const keys = new Map<string, Awaited<ReturnType<typeof makeCertificateSigningRequest>>>();
  return new UndoableCreation<string, ConnectorIdentity>({
    make: async (displayName, idempotencyKey) => {
      const certificateRequest = keys.get(idempotencyKey) ?? (await makeCertificateSigningRequest());
      keys.set(idempotencyKey, certificateRequest);
      return enrol({
        serviceUrl: `http://localhost:${(way.address() as AddressInfo).port}`,
        authorization: { kind: 'administrator', accessToken: token, idempotencyKey },
        certificateRequest,
        displayName,
        machineName: 'machine',
        version: '0.0.0',
        ways: { extraCertificates: [], findRoutes: directRoutes, findAddresses },
      });
    },
    idOf: ({ connectorId }) => connectorId,
    nameOf: (displayName) => displayName,
    owner: () => 'admin',
    now: Date.now,
    undo: async (connectorId) => {
      expect((await api('DELETE', `${PROFILE}/${connectorId}`)).status).toBe(204);
    },
    onTakenBack: expectNothingTold,
    undoWaitsMs: [0, 0],
  });
}

function expectNothingTold(all: readonly TakenBack[]): void {
  expect(all.filter(({ isTold }) => isTold)).toEqual([]);
}

async function connectorsNamed(name: string): Promise<Connector[]> {
  return (await api('GET', PROFILE)).body.value.filter(({ displayName }: Connector) => displayName === name);
}

test('B61 a connector whose answer was lost enrols again as the same one', async () => {
  const enrolment = makeEnrolment();
  onAnswer = (_pass, cut) => cut();
  await expect(enrolment.run('Lost', new AbortController().signal)).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
  });
  const [first] = await connectorsNamed('Lost');
  onAnswer = (pass) => pass();
  const identity = await enrolment.run('Lost', new AbortController().signal);
  expect(identity.connectorId).toBe(first?.id);
  expect(await connectorsNamed('Lost')).toHaveLength(1);
});

test('B61 an enrolment that is taken back in mid-call leaves no connector behind', async () => {
  const enrolment = makeEnrolment();
  const controller = new AbortController();
  const held = Promise.withResolvers<() => void>();
  onAnswer = (pass) => held.resolve(pass);
  const running = enrolment.run('Taken back', controller.signal);
  const pass = await held.promise;
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  expect(await connectorsNamed('Taken back')).toHaveLength(1);
  pass();
  await enrolment.undone(10_000);
  expect(await connectorsNamed('Taken back')).toEqual([]);
});

test('B61 a publication that failed on a person is the same application for other people, and lets in nobody else', async () => {
  const adminApi = new AdminApi({
    baseUrl: service.apiBaseUrl,
    fetch,
    accessToken: async () => token,
    onUnauthenticated: () => undefined,
  });
  const publishing = new PublishingApi(adminApi);
  const publications = makePublications(() => publishing, {
    owner: () => 'admin',
    now: Date.now,
    onTakenBack: expectNothingTold,
  });
  const application = applicationCreateSchema.parse({
    displayName: 'Published once',
    onPremisesPublishing: { externalUrl: service.externalUrl('once'), internalUrl: 'http://once.corp/' },
  });
  const person = (id: string): User => ({ id, displayName: id, userPrincipalName: id });
  const { signal } = new AbortController();
  const failing = publications.run({ application, people: [person('id-alice'), person(' ')] }, signal);
  await expect(failing).rejects.toMatchObject({ code: 'API_INVALID' });
  const { id } = await publications.run({ application, people: [person('id-bob')] }, signal);
  const named = (await publishing.listApplications()).filter(({ displayName }) => displayName === 'Published once');
  expect(named.map((each) => each.id)).toEqual([id]);
  expect((await publishing.listAssignments(id)).map(({ principalId }) => principalId)).toEqual(['id-bob']);
});
