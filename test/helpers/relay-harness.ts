import { createPublicKey, generateKeyPairSync, randomUUID, webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import { jwtVerify } from 'jose';
import { type Logger, pino } from 'pino';
import { ConnectorEngine } from '../../src-main/connector/connector-engine.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { Relay, type RelayOptions } from '../../src-service/relay/relay.ts';
import type { ConnectorPresence, SessionAffinity } from '../../src-service/relay/relay-types.ts';
import type { Hop } from '../../src-shared/errors/failing-hop.ts';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { RequestHead } from '../../src-shared/wire/head.ts';
import { makeApplication } from './forwarder-client.ts';
import { noRenewals } from './no-renewals.ts';
import { KeepingRecorder, keepTraffic } from './keeping-recorder.ts';
import { systemRuntime } from './this-machine.ts';

const GROUP = 'group';
const AUDIENCE = 'the relay under test';
const UP_WITHIN_MS = 5000;
const silentLog = pino({ level: 'silent' });

/** A relay behind a bare HTTP server, with real connectors that dial it over real WebSockets. */
export interface RelayHarness {
  /** `http://127.0.0.1:PORT`; every request goes through the relay. */
  readonly url: string;
  readonly relay: Relay;
  /** What the relay said of requests that it could not forward. */
  readonly failures: readonly { readonly code: string; readonly hop: Hop }[];
  /** What it said of those whose answer it cut off. */
  readonly cuts: readonly { readonly code: string; readonly hop: Hop }[];
  readonly presences: readonly ConnectorPresence[];
  /** Enrols a connector that the caller runs itself. */
  enrol(id: string): Promise<ConnectorIdentity>;
  /** Starts a connector and waits until its tunnels stand. */
  startConnector(options?: { readonly tunnels?: number; readonly id?: string }): Promise<ConnectorEngine>;
  close(): Promise<void>;
}

/** What a relay under test may have otherwise. */
export interface RelayHarnessOptions extends RelayOptions {
  readonly affinityOf?: (request: IncomingMessage) => SessionAffinity;
  readonly log?: Logger;
}

/** Starts a relay whose only application is the backend at `originUrl`. */
export async function startRelayHarness(
  originUrl: string,
  { affinityOf, log = silentLog, ...options }: RelayHarnessOptions = {},
): Promise<RelayHarness> {
  const identities = new Map<string, ConnectorIdentity>();
  const failures: { code: string; hop: Hop }[] = [];
  const cuts: { code: string; hop: Hop }[] = [];
  const onCut = ({ code }: PosternError, hop: Hop): void => void cuts.push({ code, hop });
  const presences: ConnectorPresence[] = [];
  const engines: ConnectorEngine[] = [];
  const relay = new Relay(
    {
      tunnelAudience: AUDIENCE,
      serviceVersion: 'test',
      admit: async (proof, nonce) => {
        const [, payload = ''] = proof.split('.');
        const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
        const leaf = identities.get(sub)?.certificateChain[0] ?? '';
        const key = createPublicKey(new X509Certificate(leaf).publicKey.export({ type: 'spki', format: 'pem' }));
        const verified = await jwtVerify(proof, key, { audience: AUDIENCE });
        if (verified.payload['nonce'] !== nonce) throw new Error('wrong nonce');
        return { connectorId: sub, displayName: sub, connectorGroupId: GROUP, renewInSeconds: 1_000_000 };
      },
      ...noRenewals,
      configurationFor: () => ({
        version: 1,
        connectorName: 'connector',
        connectorGroupName: 'Default',
        applications: [makeApplication({ internalUrl: `${originUrl}/` })],
        otherUrls: [],
      }),
      onPresence: (presence) => presences.push(presence),
    },
    log,
    options,
  );

  const server = createServer();
  const sockets = new Set<Socket>();
  const onFailure =
    (answer: (status: number, text: string) => void) =>
    (error: PosternError, hop: Hop): void => {
      failures.push({ code: error.code, hop });
      answer(error.definition.status, error.code);
    };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    relay.forward({
      request,
      response,
      head: headOf(request, false),
      connectorGroupId: GROUP,
      affinity: affinityOf?.(request) ?? null,
      responseHeaders: ['X-Activity', 'here'],
      onFailure: onFailure((status, text) => response.writeHead(status).end(text)),
      onCut,
    });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url === '/.postern/tunnel') {
      relay.acceptTunnel(request, socket, head);
      return;
    }
    relay.forwardUpgrade({
      request,
      socket,
      bufferedBytes: head,
      head: headOf(request, true),
      connectorGroupId: GROUP,
      affinity: affinityOf?.(request) ?? null,
      responseHeaders: [],
      onFailure: onFailure((status, text) => socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\n\r\n`)),
      onCut,
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const enrol = async (id: string): Promise<ConnectorIdentity> => {
    const identity = identities.get(id) ?? (await makeIdentity(id, port));
    identities.set(id, identity);
    return identity;
  };

  return {
    url: `http://127.0.0.1:${port}`,
    relay,
    failures,
    cuts,
    presences,
    enrol,
    async startConnector({ tunnels = 1, id = randomUUID() } = {}) {
      const identity = await enrol(id);
      const recorder = new KeepingRecorder();
      const engine = new ConnectorEngine(
        { identity, tunnels, version: '0.0.0', machineName: 'test', extraCertificates: [] },
        { runtime: systemRuntime, log, recorder },
      );
      keepTraffic(engine, recorder);
      engines.push(engine);
      engine.start();
      await until(() => engine.state.health === 'ok' && engine.state.configurationVersion !== null);
      return engine;
    },
    async close() {
      await Promise.all(engines.map(async (engine) => engine.stop({ drainMs: 0 })));
      relay.close();
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Waits for a state that sockets bring about. @throws when it does not come within 5 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + UP_WITHIN_MS;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`This never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A response with its body in one piece. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: Buffer;
}

/** Asks over a connection of its own. */
export async function ask(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: Buffer } = {},
): Promise<WholeResponse> {
  const { method = 'GET', headers = {}, body } = options;
  const request = httpRequest(url, { method, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    trailers: response.trailers,
    body: Buffer.concat(chunks),
  };
}

function headOf(request: IncomingMessage, isUpgrade: boolean): RequestHead {
  const dropped = new Set(['host', 'expect', 'transfer-encoding', ...(isUpgrade ? [] : ['connection', 'upgrade'])]);
  const headers: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (!dropped.has(name.toLowerCase())) headers.push(name, request.rawHeaders[index + 1] ?? '');
  }
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    scheme: 'https',
    authority: 'app.example.com',
    applicationId: 'app',
    activityId: randomUUID(),
    remoteAddress: '203.0.113.7',
    userId: 'alice',
    userName: 'Alice',
    isUpgrade,
    headers,
  };
}

async function makeIdentity(id: string, port: number): Promise<ConnectorIdentity> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${id}`,
    keys: {
      privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
      publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
    },
    signingAlgorithm: algorithm,
  });
  return {
    format: 1,
    connectorId: id,
    displayName: id,
    connectorGroupName: 'Default',
    serviceUrl: `http://127.0.0.1:${port}`,
    tunnelUrl: `ws://127.0.0.1:${port}/.postern/tunnel`,
    tunnelAudience: AUDIENCE,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificateChain: [certificate.toString('pem')],
    certificateExpiryMs: certificate.notAfter.getTime(),
  };
}
