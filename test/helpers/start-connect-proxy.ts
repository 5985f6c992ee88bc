import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { TestAuthority } from './make-authority.ts';

export interface ConnectProxyOptions {
  /** Asked for by Basic. */
  readonly credentials?: { readonly userName: string; readonly password: string };
  /** What a 407 offers; Basic where absent. */
  readonly schemes?: readonly string[];
  /** TLS to the proxy itself. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Opens the TLS that goes through it, with certificates of its own that this authority vouches for. */
  readonly inspector?: TestAuthority;
  /** Answers every CONNECT with this status in place of a connection. */
  readonly status?: string;
  /** Takes connections and says nothing. */
  readonly isSilent?: boolean;
}

/** A real proxy for CONNECT on loopback. */
export interface ConnectProxy {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What was asked for, oldest first: `host:port`. */
  readonly asked: readonly string[];
  /** Octets that went through it. */
  readonly octets: number;
  close(): Promise<void>;
}

export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const sockets = new Set<Duplex>();
  const asked: string[] = [];
  let octets = 0;
  const keep = <Kept extends Duplex>(socket: Kept): Kept => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    return socket;
  };
  const server: Server = options.tls === undefined ? createServer() : createSecureServer({ ...options.tls });
  server.on('connection', keep);
  server.on('connect', (request, stream: Duplex, head: Buffer) => {
    const authority = request.url ?? '';
    if (options.isSilent === true) return;
    const refusal = findRefusal(options, request.headers['proxy-authorization']);
    if (refusal !== null) {
      stream.end(refusal);
      return;
    }
    asked.push(authority);
    const [, hostname = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(authority) ?? [];
    void open(hostname, Number(port), stream, head);
  });
  const open = async (hostname: string, port: number, stream: Duplex, head: Buffer): Promise<void> => {
    const { inspector } = options;
    // Made before anything comes: what comes earlier would be lost.
    const secureContext = inspector === undefined ? null : createSecureContext(await inspector.issue([hostname]));
    const there = keep(connect({ host: hostname, port }));
    there.on('error', () => stream.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    await once(there, 'connect').catch(() => undefined);
    stream.on('close', () => there.destroy());
    there.on('close', () => stream.destroy());
    stream.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) stream.unshift(head);
    if (secureContext === null) {
      stream.on('data', (chunk: Buffer) => (octets += chunk.length));
      stream.pipe(there).pipe(stream);
    } else {
      inspect(secureContext, stream as Socket, there, keep);
    }
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    get octets() {
      return octets;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function findRefusal(options: ConnectProxyOptions, authorization: string | undefined): string | null {
  const { credentials, schemes = ['Basic realm="proxy"'], status } = options;
  const end = 'Connection: close\r\nContent-Length: 0\r\n\r\n';
  if (status !== undefined) return `HTTP/1.1 ${status}\r\n${end}`;
  if (credentials === undefined) return null;
  const pair = Buffer.from(`${credentials.userName}:${credentials.password}`).toString('base64');
  if (authorization === `Basic ${pair}`) return null;
  const offers = schemes.map((scheme) => `Proxy-Authenticate: ${scheme}\r\n`).join('');
  return `HTTP/1.1 407 Proxy Authentication Required\r\n${offers}${end}`;
}

/** Stands in the middle of the TLS: what comes is opened, and closed again on the way out. */
function inspect(
  secureContext: SecureContext,
  stream: Socket,
  there: Socket,
  keep: <Kept extends Duplex>(socket: Kept) => Kept,
): void {
  const inner = keep(new TLSSocket(stream, { isServer: true, secureContext }));
  const outer = keep(connectTls({ socket: there, rejectUnauthorized: false }));
  inner.pipe(outer).pipe(inner);
}
