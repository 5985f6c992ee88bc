import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import WebSocket from 'ws';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { describeServiceError } from './service-errors.ts';

/** The largest WebSocket message that is taken; frames are far smaller, a batch of them is not cut exactly. */
const MAX_MESSAGE_BYTES = 4_194_304;

/** What a service said instead of taking the tunnel. */
export interface TunnelRefusal {
  readonly error: PosternError;
  readonly retryAfterMs: number | null;
}

/**
 * Upgrades an open connection to the tunnel's WebSocket. Takes over the socket: on any failure it is destroyed.
 * @param onOpen takes the WebSocket. It is called at once, so that it hears a message that came along with the 101.
 * @returns null once it is open.
 * @throws PosternError `SERVICE_…` when the connection broke or `upgradeMs` passed; the signal's reason when it fires.
 */
export async function openTunnelWebSocket(
  url: URL,
  socket: Socket,
  upgradeMs: number,
  signal: AbortSignal,
  onOpen: (webSocket: WebSocket) => void,
): Promise<TunnelRefusal | null> {
  const { promise, resolve, reject } = Promise.withResolvers<TunnelRefusal | null>();
  const webSocket = new WebSocket(url, TUNNEL_SUBPROTOCOL, {
    createConnection: () => socket,
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: upgradeMs,
    ...(needsMask(socket) ? {} : { generateMask: zeroMask }),
  });
  webSocket.binaryType = 'nodebuffer';
  webSocket.once('open', () => {
    onOpen(webSocket);
    resolve(null);
  });
  webSocket.once('unexpected-response', (_request, response: IncomingMessage) => {
    resolve(readRefusal(url, response));
    socket.destroy();
  });
  webSocket.on('error', (error) => reject(describeServiceError(error, url.host)));
  const onAbort = (): void => {
    reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    webSocket.terminate();
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Masks keep a page from steering the octets that a proxy on the way sees (RFC 6455, section 10.3). Inside TLS, and on
 * this machine, no proxy sees them; a zero mask costs nothing.
 */
function needsMask(socket: Socket): boolean {
  if (socket instanceof TLSSocket) return false;
  const address = socket.remoteAddress ?? '';
  return !(address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.'));
}

/** `ws` hands in the mask's four octets. */
function zeroMask(mask: Uint8Array): void {
  mask.fill(0);
}

function readRefusal(url: URL, response: IncomingMessage): TunnelRefusal {
  const status = response.statusCode ?? 0;
  const seconds = Number(response.headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
  const code = status === 404 || status === 426 || status < 400 ? 'SERVICE_NOT_POSTERN' : 'SERVICE_REFUSED';
  const message =
    code === 'SERVICE_NOT_POSTERN'
      ? `${url.host} answered with status ${status}, but it takes no Postern tunnels.`
      : `${url.host} refused the tunnel with status ${status}.`;
  return { error: new PosternError(code, { message }), retryAfterMs };
}
