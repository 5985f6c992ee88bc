import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP_CHALLENGE_PATH } from '../certificates/acme/challenge-names.ts';
import type { ChallengeResponder } from '../certificates/acme/challenge-responder.ts';
import { parseHostHeader } from './host-header.ts';
import { EDGE_LIMITS } from './limits.ts';
import { parseRequestTarget } from './request-target.ts';
import { UnusedConnections } from './unused-connections.ts';

export interface HttpListenerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** Null where no authority asks here. */
  readonly responder: Pick<ChallengeResponder, 'httpAnswer'> | null;
  /** Whether a host is the service's or an application's. */
  readonly isKnownHost: (hostname: string) => boolean;
  /** The port of https as users see it. */
  readonly httpsPort: number;
}

/**
 * The listener for plain HTTP (`httpListen`). It answers an ACME authority (RFC 8555 section 8.3), sends everybody else to
 * https on the same host, and reads no body. Hosts that nobody published here are not redirected.
 */
export async function startHttpListener(
  options: HttpListenerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const unused = new UnusedConnections(EDGE_LIMITS.maxUnusedPlainConnections);
  const server = createServer(
    {
      maxHeaderSize: EDGE_LIMITS.maxPlainHeaderBytes,
      headersTimeout: EDGE_LIMITS.headersTimeoutMs,
      requestTimeout: EDGE_LIMITS.headersTimeoutMs,
      connectionsCheckingInterval: EDGE_LIMITS.connectionsCheckMs,
      requireHostHeader: false,
      insecureHTTPParser: false,
    },
    (request, response) => {
      unused.onUsed(request.socket);
      answer(request, response, options);
    },
  );
  server.maxConnections = EDGE_LIMITS.maxPlainConnections;
  server.on('connection', (socket) => unused.accept(socket, socket.remoteAddress));
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen.port, options.listen.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, options: HttpListenerOptions): void {
  const { responder, isKnownHost, httpsPort } = options;
  const finish = (status: number, headers: Record<string, string>, body = ''): void => {
    response
      .writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' })
      .end(body);
  };
  const host = parseHostHeader(request.rawHeaders);
  const target = host === null ? null : parseRequestTarget(request.url ?? '', host.authority);
  if (host === null || target === null) return finish(400, {});
  if (target.path.startsWith(HTTP_CHALLENGE_PATH)) {
    const proof = responder?.httpAnswer(target.path.slice(HTTP_CHALLENGE_PATH.length));
    if (proof !== undefined) return finish(200, { 'Content-Type': 'application/octet-stream' }, proof);
  }
  if (!isKnownHost(host.hostname)) return finish(404, {});
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  return finish(308, { Location: `https://${host.hostname}${port}${target.target}` });
}
