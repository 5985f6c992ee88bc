import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import { TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { describeServiceError } from './service-errors.ts';

const KEY_BYTES = 16;
const MASK_BYTES = 4;
const ZERO_MASK = new Uint8Array(MASK_BYTES);
/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What a service said instead of taking the tunnel. */
export interface TunnelRefusal {
  readonly error: PosternError;
  readonly retryAfterMs: number | null;
}

/**
 * Upgrades an open connection to the tunnel's WebSocket (RFC 6455, section 4.1). Takes over the socket: on any failure
 * it is destroyed.
 * @param onOpen is called at once when the socket speaks WebSocket, with what came along with the 101.
 * @returns null once it is open.
 * @throws PosternError `SERVICE_…` when the connection broke or `upgradeMs` passed; the signal's reason when it fires.
 */
export async function openTunnelWebSocket(
  url: URL,
  socket: Socket,
  upgradeMs: number,
  signal: AbortSignal,
  onOpen: (head: Uint8Array) => void,
): Promise<TunnelRefusal | null> {
  const { promise, resolve, reject } = Promise.withResolvers<TunnelRefusal | null>();
  const key = randomBytes(KEY_BYTES).toString('base64');
  const request = httpRequest({
    createConnection: () => socket,
    path: url.pathname + url.search,
    headers: {
      Host: url.host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': TUNNEL_SUBPROTOCOL,
    },
  });
  request.once('upgrade', (response: IncomingMessage, _socket, head: Buffer) => {
    if (isAcceptance(response, key)) {
      onOpen(head);
      resolve(null);
    } else {
      resolve(readRefusal(url, response));
      socket.destroy();
    }
  });
  request.once('response', (response: IncomingMessage) => {
    resolve(readRefusal(url, response));
    socket.destroy();
  });
  request.on('error', (error) => reject(describeServiceError(error, url.host)));
  const timer = setTimeout(() => {
    const reason = makeReason('serviceUpgradeLate', { host: url.host, seconds: upgradeMs / 1000 });
    reject(new PosternError('SERVICE_UNREACHABLE', { reason }));
  }, upgradeMs);
  const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  request.end();
  try {
    return await promise;
  } catch (error) {
    request.destroy();
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Masks keep a page from steering the octets that a proxy on the way sees (RFC 6455, section 10.3). Inside TLS, and on
 * this machine, no proxy sees them; a zero mask costs nothing.
 */
export function maskMakerFor(socket: Socket): () => Uint8Array {
  const address = socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  if (socket instanceof TLSSocket || isLoopback) return () => ZERO_MASK;
  return () => randomBytes(MASK_BYTES);
}

function isAcceptance(response: IncomingMessage, key: string): boolean {
  const expected = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  const { headers } = response;
  return headers['sec-websocket-accept'] === expected && headers['sec-websocket-protocol'] === TUNNEL_SUBPROTOCOL;
}

function readRefusal(url: URL, response: IncomingMessage): TunnelRefusal {
  const status = response.statusCode ?? 0;
  const seconds = Number(response.headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
  const code = status === 404 || status === 426 || status < 400 ? 'SERVICE_NOT_POSTERN' : 'SERVICE_REFUSED';
  const key = code === 'SERVICE_NOT_POSTERN' ? 'tunnelNotTaken' : 'tunnelRefused';
  const reason = makeReason(key, { host: url.host, status });
  return { error: new PosternError(code, { reason }), retryAfterMs };
}
