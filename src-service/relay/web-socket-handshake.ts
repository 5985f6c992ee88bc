import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const KEY = /^[A-Za-z0-9+/]{22}==$/;
/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Answers a client's opening handshake (RFC 6455, section 4.2) for one subprotocol. What it refuses is answered and
 * closed.
 * @returns whether the socket speaks WebSocket from now on.
 */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, subprotocol: string): boolean {
  const { headers, method } = request;
  const offered = headers['sec-websocket-protocol']?.split(',').map((each) => each.trim()) ?? [];
  const key = headers['sec-websocket-key'] ?? '';
  if (!offered.includes(subprotocol) || headers.upgrade?.toLowerCase() !== 'websocket') {
    refuseUpgrade(socket, '426 Upgrade Required', `Upgrade: websocket\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n`);
    return false;
  }
  if (headers['sec-websocket-version'] !== '13') {
    refuseUpgrade(socket, '426 Upgrade Required', 'Sec-WebSocket-Version: 13\r\n');
    return false;
  }
  if (method !== 'GET' || !KEY.test(key)) {
    refuseUpgrade(socket, '400 Bad Request', '');
    return false;
  }
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
      `Sec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`,
  );
  return true;
}

/** Answers an upgrade with no and closes. @param headers whole lines, each with its CR LF */
export function refuseUpgrade(socket: Duplex, status: string, headers: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}
