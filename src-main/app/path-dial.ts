import dns from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import WebSocket from 'ws';
import type { Catalogue } from '../../src-shared/text/catalogue.ts';
import { TUNNEL_PATH, TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import type { ProxyServer } from '../connector/proxy/proxy-route.ts';
import { shakeHandsBySocks } from '../connector/proxy/socks-handshake.ts';
import { within } from '../connector/until-aborted.ts';
import { isLoopbackHost } from './external-links.ts';
import { SpokenError } from './spoken-error.ts';

/** The single steps of the path check, each with its own deadline; each rejects with what a person should read. */

type Text = Catalogue['pathCheck'];

/** Where a connection goes. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const DEADLINE_MS = 10_000;
const ECHO_DEADLINE_MS = 5000;
const ECHO_OCTETS = 32;
const PROXY_ASKS = 407;

/** The addresses of a host. @throws PosternError `SERVICE_UNRESOLVED` */
export async function resolveHost(host: string): Promise<readonly string[]> {
  if (net.isIP(host) !== 0) return [host];
  if (isLoopbackHost(host)) return ['127.0.0.1'];
  try {
    const found = await dns.lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch (cause) {
    throw new SpokenError('SERVICE_UNRESOLVED', ({ service }) => service.unresolved(host), { cause });
  }
}

/** A connection to the first address that takes one. The caller destroys it. */
export async function dial(
  addresses: readonly string[],
  port: number,
  text: Text,
  signal: AbortSignal,
): Promise<net.Socket> {
  const socket = net.connect({
    host: 'service.invalid',
    port,
    autoSelectFamily: true,
    lookup: (_host, options, callback) => {
      const found = addresses.map((address) => ({ address, family: net.isIPv6(address) ? 6 : 4 }));
      if (options.all === true) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family ?? 4);
    },
  });
  await opened(socket, 'connect', text, signal);
  return socket;
}

/** A proxy that a connection goes through. */
export interface Passage {
  /** As a person knows it. */
  readonly name: string;
  /** `Proxy-Authorization`, where it asks for one. */
  readonly authorization: string | null;
}

/** Has a proxy connect a socket to somewhere else (RFC 9110, section 9.3.6). Destroys it where the proxy does not. */
export async function connectThrough(
  proxy: net.Socket,
  { name, authorization }: Passage,
  { host, port }: Endpoint,
  text: Text,
  signal: AbortSignal,
): Promise<void> {
  const target = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const request = httpRequest({
    createConnection: () => proxy,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(authorization !== null && { 'proxy-authorization': authorization }) },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const answered = (status: number, words: string): void => {
    if (status === 200) resolve();
    else
      reject(new Error(status === PROXY_ASKS ? text.proxyAsks(name) : text.proxyRefuses(name, `${status} ${words}`)));
  };
  request.once('connect', (response) => answered(response.statusCode ?? 0, response.statusMessage ?? ''));
  request.once('response', (response) => answered(response.statusCode ?? 0, response.statusMessage ?? ''));
  request.once('error', reject);
  request.end();
  try {
    await within(promise, DEADLINE_MS, signal, () => late(text));
  } catch (error) {
    request.on('error', () => undefined);
    proxy.destroy();
    throw error;
  }
}

/** The same by SOCKS5. */
export async function connectBySocks(
  proxy: net.Socket,
  server: ProxyServer,
  { host, port }: Endpoint,
  text: Text,
  signal: AbortSignal,
): Promise<void> {
  try {
    await within(shakeHandsBySocks(proxy, server, host, port), DEADLINE_MS, signal, () => late(text));
  } catch (error) {
    proxy.on('error', () => undefined).destroy();
    throw error;
  }
}

export interface SecureConnection {
  readonly socket: tls.TLSSocket;
  readonly protocol: string;
  readonly issuer: string;
  readonly validUntilMs: number;
}

/** A certificate that this machine does not trust; `code` is the verdict. */
export class UntrustedCertificate extends Error {
  readonly code: string;
  readonly issuer: string;
  readonly validUntilMs: number;

  constructor(code: string, { issuer, validUntilMs }: Pick<SecureConnection, 'issuer' | 'validUntilMs'>) {
    super(code);
    this.code = code;
    this.issuer = issuer;
    this.validUntilMs = validUntilMs;
  }
}

/**
 * Makes TLS of a connection, and says who issued the certificate that was shown.
 * @throws UntrustedCertificate before anything is sent
 */
export async function secure(
  plain: net.Socket,
  servername: string,
  text: Text,
  signal: AbortSignal,
): Promise<SecureConnection> {
  const name = net.isIP(servername) === 0 ? { servername } : { host: servername };
  // Of a certificate that is refused at once nobody could say whose it is.
  const socket = tls.connect({ socket: plain, ALPNProtocols: ['http/1.1'], rejectUnauthorized: false, ...name });
  await opened(socket, 'secureConnect', text, signal);
  const { issuer, valid_to: validTo } = socket.getPeerCertificate();
  const { O: organisation, CN: common } = issuer;
  const shown = {
    protocol: socket.getProtocol() ?? 'TLS',
    issuer: [organisation ?? common ?? text.unnamedIssuer].flat().join(', '),
    validUntilMs: Date.parse(validTo),
  };
  if (socket.authorized) return { socket, ...shown };
  socket.destroy();
  throw new UntrustedCertificate(String(socket.authorizationError), shown);
}

/** Opens the tunnel's WebSocket on a connection, up to the service's first word. The caller terminates it. */
export async function openTunnel(
  serviceUrl: string,
  connection: net.Socket,
  text: Text,
  signal: AbortSignal,
): Promise<WebSocket> {
  const url = new URL(TUNNEL_PATH, serviceUrl);
  // The connection is what it is already; a second TLS inside it nobody wants.
  url.protocol = 'ws:';
  const host = new URL(serviceUrl).host;
  const socket = new WebSocket(url, TUNNEL_SUBPROTOCOL, {
    perMessageDeflate: false,
    createConnection: () => connection,
    headers: { host },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('message', () => resolve());
  socket.once('unexpected-response', (_request, response) => {
    reject(new Error(text.upgradeStatus(response.statusCode ?? 0)));
  });
  socket.once('close', () => reject(new Error(text.closedEarly)));
  socket.once('error', reject);
  try {
    await within(promise, DEADLINE_MS, signal, () => late(text));
  } catch (error) {
    socket.on('error', () => undefined);
    socket.terminate();
    throw error;
  }
  return socket;
}

/** Sends something through an open WebSocket that its far end has to send back (RFC 6455, section 5.5.2). */
export async function echo(socket: WebSocket, text: Text, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('pong', () => resolve());
  socket.once('close', () => reject(new Error(text.closedEarly)));
  socket.ping(Buffer.alloc(ECHO_OCTETS, 'postern'));
  await within(promise, ECHO_DEADLINE_MS, signal, () => new Error(text.notEchoed(ECHO_DEADLINE_MS / 1000)));
}

async function opened(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  text: Text,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once(event, () => resolve());
  socket.once('error', reject);
  try {
    await within(promise, DEADLINE_MS, signal, () => late(text));
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    // It may fail later, when nobody waits any more.
    socket.on('error', () => undefined);
  }
}

function late(text: Text): Error {
  return new Error(text.late(DEADLINE_MS / 1000));
}
