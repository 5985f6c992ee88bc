import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:tls';
import WebSocket, { WebSocketServer } from 'ws';
import type { Mux } from '../../src-shared/mux/mux.ts';
import { WebSocketTransport } from '../../src-shared/mux/web-socket-transport.ts';
import type { PipeFaults } from './faulty-pipe.ts';
import { type FaultyProxy, withFaults } from './faulty-proxy.ts';
import { makeCertificate, type TestCertificate } from './make-certificate.ts';
import { type ConnectedMuxes, introduce, makeMux, type MuxSettings, type Side } from './mux-pair.ts';

/** Two ends over a real TLS WebSocket on loopback, with a faulty network between them. */
export interface TlsMuxPair extends ConnectedMuxes {
  readonly network: FaultyProxy;
  readonly openerSocket: WebSocket;
  readonly acceptorSocket: WebSocket;
  close(): Promise<void>;
}

let certificate: Promise<TestCertificate> | null = null;

/** Connects two muxes as service and connector do. The caller closes the pair. */
export async function makeTlsMuxPair(settings: MuxSettings, faults: PipeFaults = {}): Promise<TlsMuxPair> {
  certificate ??= makeCertificate(['localhost'], ['127.0.0.1']);
  const { cert, key } = await certificate;
  const events: string[] = [];
  const server = createServer({ cert, key });
  const webSocketServer = new WebSocketServer({ server, perMessageDeflate: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const network = await withFaults((server.address() as AddressInfo).port, faults);

  const accepted = once(webSocketServer, 'connection') as Promise<[WebSocket, { socket: Socket }]>;
  const clientSocket = connect({ port: network.port, host: '127.0.0.1', ca: cert, servername: 'localhost' });
  clientSocket.setNoDelay(true);
  const acceptorSocket = new WebSocket(`wss://localhost:${network.port}`, {
    createConnection: () => clientSocket,
    perMessageDeflate: false,
  });
  const opened = once(acceptorSocket, 'open');
  const [openerSocket, { socket: serverSocket }] = await accepted;
  await opened;
  const attach = (role: Side, webSocket: WebSocket, socket: Socket): Mux => {
    const mux: Mux = makeMux(
      role,
      new WebSocketTransport(webSocket, socket, () => mux.onTransportDrain()),
      settings,
      events,
    );
    webSocket.on('message', (data: Buffer) => mux.receive(data));
    webSocket.on('error', () => undefined);
    webSocket.on('close', () => mux.close('TUNNEL_CLOSED', 'The connection ended.'));
    return mux;
  };
  const opener = attach('opener', openerSocket, serverSocket);
  const acceptor = attach('acceptor', acceptorSocket, clientSocket);
  introduce(opener, acceptor);
  return {
    opener,
    acceptor,
    events,
    network,
    openerSocket,
    acceptorSocket,
    close: async () => {
      const closed = Promise.all([network.close(), once(server, 'close')]);
      openerSocket.terminate();
      acceptorSocket.terminate();
      webSocketServer.close();
      server.close();
      await closed;
    },
  };
}
