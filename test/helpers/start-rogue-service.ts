import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { acceptWebSocket } from '../../src-service/relay/web-socket-handshake.ts';
import { DEFAULT_MUX_LIMITS } from '../../src-shared/mux/mux-limits.ts';
import { SocketTransport } from '../../src-shared/mux/socket-transport.ts';
import { FRAME_TYPES, TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { makeFrame } from './make-frame.ts';
import { sendOctets } from './send-octets.ts';

/** What takes tunnels and then does as a test says. */
export interface RogueService {
  readonly tunnelUrl: string;
  /** Tunnels that were opened so far. */
  readonly dials: number;
  close(): Promise<void>;
}

/** A control message as a frame. */
function controlFrame(type: number, message: unknown): Uint8Array {
  return makeFrame(type, 0, new Uint8Array(Buffer.from(JSON.stringify(message))));
}

/** What every service says first. */
export function challengeFrame(audience: string): Uint8Array {
  const { streamWindowBytes, tunnelWindowBytes } = DEFAULT_MUX_LIMITS;
  const settings = { streamWindowBytes, tunnelWindowBytes };
  return controlFrame(FRAME_TYPES.CHALLENGE, { audience, nonce: 'n', features: [], settings });
}

export const WELCOME_FRAME = controlFrame(FRAME_TYPES.WELCOME, {
  sessionId: 's',
  serviceVersion: '0.0.0',
  pingIntervalMs: 10_000,
  deadAfterMs: 15_000,
});

/**
 * @param onOpened is called with each WebSocket as it opens
 * @param onSpoken is called once for each, when the connector has said something
 */
export async function startRogueService(
  onOpened: (send: (octets: Uint8Array) => void) => void,
  onSpoken: (send: (octets: Uint8Array) => void, socket: Socket) => void = () => undefined,
): Promise<RogueService> {
  let dials = 0;
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('upgrade', (request, duplex) => {
    if (!acceptWebSocket(request, duplex, TUNNEL_SUBPROTOCOL)) return;
    dials += 1;
    const socket = duplex as Socket;
    sockets.add(socket);
    let isSpoken = false;
    const send = (octets: Uint8Array): void => sendOctets(transport, octets);
    const transport: SocketTransport = new SocketTransport(socket, null, {
      onOctets: () => {
        if (isSpoken) return;
        isSpoken = true;
        onSpoken(send, socket);
      },
      onSent: () => undefined,
      onEnded: () => sockets.delete(socket),
    });
    onOpened(send);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    tunnelUrl: `ws://127.0.0.1:${port}/.postern/tunnel`,
    get dials() {
      return dials;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
