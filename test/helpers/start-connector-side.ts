import 'reflect-metadata';
import { noRenewals } from './no-renewals.ts';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { decodeProtectedHeader, importX509, jwtVerify } from 'jose';
import { pino } from 'pino';
import { ENROLMENT_PATH, type EnrolmentRequest } from '../../src-shared/connector/enrolment.ts';
import { SERVICE_DESCRIPTION_PATH } from '../../src-shared/connector/service-description.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import { TUNNEL_PATH } from '../../src-shared/wire/frame.ts';
import type { RequestHead } from '../../src-shared/wire/head.ts';
import { Relay } from '../../src-service/relay/relay.ts';
import type { TestCertificate } from './make-certificate.ts';

const AUDIENCE = 'tunnel.test';
const GROUP = 'group';
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/**
 * The side of a service that a connector sees: description, enrolment, and the real relay with its tunnels. Everything
 * else that it is asked is forwarded to the application `app`, as the edge would.
 */
export class ConnectorSide {
  /** What enrolment answers instead of a certificate. */
  enrolmentFailure: { readonly code: ErrorCode; readonly status: number; readonly message: string } | null = null;
  /** What an upgrade to a tunnel is answered with instead, as raw HTTP. */
  tunnelAnswer: string | null = null;
  readonly enrolments: EnrolmentRequest[] = [];
  tunnelDials = 0;
  relay: Relay;
  readonly #sockets = new Set<Socket>();
  #applications: readonly ConnectorApplication[] = [];
  #version = 1;
  #port = 0;
  #server: Server = createServer();
  readonly #tls: TestCertificate | null;

  constructor(tls: TestCertificate | null) {
    this.#tls = tls;
    this.relay = this.#makeRelay(AUDIENCE);
  }

  get url(): string {
    return `${this.#tls === null ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  get tunnelUrl(): string {
    return `${this.url.replace('http', 'ws')}${TUNNEL_PATH}`;
  }

  /** Starts to listen; after `stop` on the same port as before. */
  async start(): Promise<this> {
    const listener: RequestListener = (request, response) => void this.#answer(request, response);
    this.#server = this.#tls === null ? createServer(listener) : createSecureServer({ ...this.#tls }, listener);
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Vanishes as a crashed machine's process does: every connection is reset. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.relay.close();
    await closed;
  }

  /** Listens again, as after a restart. */
  async restart(): Promise<void> {
    this.relay = this.#makeRelay(AUDIENCE);
    await this.start();
  }

  /** New tunnels go to another node from now on, which may call itself otherwise; the old relay is returned. */
  replaceRelay(audience: string = AUDIENCE): Relay {
    const old = this.relay;
    this.relay = this.#makeRelay(audience);
    return old;
  }

  publish(applications: readonly ConnectorApplication[]): void {
    this.#applications = applications;
    this.#version += 1;
    this.relay.publishConfiguration(GROUP);
  }

  #makeRelay(audience: string): Relay {
    return new Relay(
      {
        tunnelAudience: audience,
        serviceVersion: '0.0.0',
        admit: async (proof, nonce) => {
          const connectorId = await verifyProof(proof, nonce);
          return { connectorId, displayName: 'Connector', connectorGroupId: GROUP, renewInSeconds: 1_000_000 };
        },
        ...noRenewals,
        configurationFor: () => ({
          version: this.#version,
          connectorName: 'Connector',
          connectorGroupName: 'Default',
          applications: [...this.#applications],
          otherUrls: [],
        }),
        onPresence: () => undefined,
      },
      pino({ level: 'silent' }),
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, bufferedBytes: Buffer): void {
    if (request.url !== TUNNEL_PATH) {
      const onFailure = (): void => void socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      const head: RequestHead = { ...this.#headOf(request), isUpgrade: true };
      this.relay.forwardUpgrade({
        request,
        socket,
        bufferedBytes,
        head,
        connectorGroupId: GROUP,
        responseHeaders: [],
        onFailure,
      });
      return;
    }
    this.tunnelDials += 1;
    if (this.tunnelAnswer === null) this.relay.acceptTunnel(request, socket, bufferedBytes);
    else socket.end(this.tunnelAnswer);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === SERVICE_DESCRIPTION_PATH) {
      sendJson(response, 200, this.#description());
    } else if (request.url === ENROLMENT_PATH) {
      await this.#enrol(request, response);
    } else {
      this.#forward(request, response);
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    this.relay.forward({
      request,
      response,
      connectorGroupId: GROUP,
      responseHeaders: [],
      onFailure: (error) => {
        response.writeHead(error.definition.status, { 'x-code': error.code }).end();
      },
      head: this.#headOf(request),
    });
  }

  #headOf(request: IncomingMessage): RequestHead {
    return {
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      scheme: 'http',
      authority: request.headers.host ?? '',
      applicationId: 'app',
      activityId: 'activity',
      remoteAddress: '127.0.0.1',
      userId: null,
      userName: null,
      isUpgrade: false,
      headers: request.rawHeaders,
    };
  }

  async #enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as EnrolmentRequest;
    this.enrolments.push(body);
    if (this.enrolmentFailure !== null) {
      const { code, status, message } = this.enrolmentFailure;
      sendJson(response, status, { error: { code, message } });
      return;
    }
    sendJson(response, 201, {
      connectorId: 'connector-1',
      displayName: body.displayName,
      connectorGroupId: GROUP,
      connectorGroupName: 'Default',
      certificateChain: [await signRequest(body.certificateSigningRequest)],
      certificateExpiryDateTime: new Date(Date.now() + DAY_MS).toISOString(),
      tunnelUrl: this.tunnelUrl,
      tunnelAudience: AUDIENCE,
    });
  }

  #description(): unknown {
    return {
      service: 'postern',
      version: '0.0.0',
      displayName: 'Test service',
      apiBaseUrl: `${this.url}/graph/beta`,
      applicationsDomain: 'postern.localhost',
      applicationsScheme: 'http',
      applicationsPort: this.#port,
      administratorSignIn: {
        mode: 'oidc',
        authority: this.url,
        clientId: 'client',
        apiScope: 'scope',
        knownAuthorities: [],
      },
    };
  }
}

/** Starts the connector's side of a service on a free port; with a certificate, on TLS. */
export async function startConnectorSide(tls: TestCertificate | null = null): Promise<ConnectorSide> {
  return new ConnectorSide(tls).start();
}

async function signRequest(pem: string): Promise<string> {
  const request = new Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error('The request is not signed by its own key.');
  const authority = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=connector-1',
    issuer: 'CN=Test authority',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    publicKey: request.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: KEY_ALGORITHM,
  });
  return certificate.toString('pem');
}

/** Checks signature, type, audience and nonce of a proof, as a service does. */
async function verifyProof(proof: string, nonce: string): Promise<string> {
  const [leaf = ''] = decodeProtectedHeader(proof).x5c ?? [];
  const pem = new NodeCertificate(Buffer.from(leaf, 'base64')).toString();
  const { payload } = await jwtVerify(proof, await importX509(pem, 'ES256'), {
    audience: AUDIENCE,
    typ: 'postern-proof+jwt',
    algorithms: ['ES256'],
    maxTokenAge: '60s',
  });
  if (payload['nonce'] !== nonce) throw new PosternError('TUNNEL_AUTHENTICATION');
  return payload.sub ?? '';
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
