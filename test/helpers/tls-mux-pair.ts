import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:tls';
import type { Mux } from '../../src-shared/mux/mux.ts';
import { SocketTransport } from '../../src-shared/mux/socket-transport.ts';
import { TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { maskMakerFor, openTunnelWebSocket } from '../../src-main/connector/tunnel-web-socket.ts';
import { acceptWebSocket } from '../../src-service/relay/web-socket-handshake.ts';
import type { PipeFaults } from './faulty-pipe.ts';
import { type FaultyProxy, withFaults } from './faulty-proxy.ts';
import { makeCertificate, type TestCertificate } from './make-certificate.ts';
import { type ConnectedMuxes, introduce, makeMux, type MuxSettings, type Side } from './mux-pair.ts';

/** Two ends over a real TLS WebSocket on loopback, with a faulty network between them. */
export interface TlsMuxPair extends ConnectedMuxes {
  readonly network: FaultyProxy;
  readonly transports: Readonly<Record<Side, SocketTransport>>;
  close(): Promise<void>;
}

const UPGRADE_WITHIN_MS = 5000;

interface AttachedMux {
  readonly mux: Mux;
  readonly transport: SocketTransport;
}

let certificate: Promise<TestCertificate> | null = null;

/** Connects two muxes as service and connector do. The caller closes the pair. */
export async function makeTlsMuxPair(settings: MuxSettings, faults: PipeFaults = {}): Promise<TlsMuxPair> {
  certificate ??= makeCertificate(['localhost'], ['127.0.0.1']);
  const { cert, key } = await certificate;
  const events: string[] = [];
  const server = createServer({ cert, key });
  const accepted = once(server, 'upgrade') as Promise<[IncomingMessage, Socket, Buffer]>;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const network = await withFaults((server.address() as AddressInfo).port, faults);

  const clientSocket = connect({ port: network.port, host: '127.0.0.1', ca: cert, servername: 'localhost' });
  clientSocket.setNoDelay(true);
  await once(clientSocket, 'secureConnect');
  const attach = (role: Side, socket: Socket, makeMask: (() => Uint8Array) | null, head: Uint8Array): AttachedMux => {
    const transport = new SocketTransport(socket, makeMask, {
      onOctets: (octets) => mux.receive(octets),
      onSent: () => mux.onTransportDrain(),
      onEnded: ({ message }) => mux.close('TUNNEL_CLOSED', message),
    });
    const mux: Mux = makeMux(role, transport, settings, events);
    if (head.length > 0) transport.receive(head);
    return { mux, transport };
  };
  const upgraded = Promise.withResolvers<AttachedMux>();
  const url = new URL(`wss://localhost:${network.port}`);
  const opened = openTunnelWebSocket(url, clientSocket, UPGRADE_WITHIN_MS, new AbortController().signal, (head) =>
    upgraded.resolve(attach('acceptor', clientSocket, maskMakerFor(clientSocket), head)),
  );
  const [request, serverSocket, head] = await accepted;
  acceptWebSocket(request, serverSocket, TUNNEL_SUBPROTOCOL);
  const { mux: opener, transport: openerTransport } = attach('opener', serverSocket, null, head);
  await opened;
  const { mux: acceptor, transport: acceptorTransport } = await upgraded.promise;
  introduce(opener, acceptor);
  return {
    opener,
    acceptor,
    events,
    network,
    transports: { opener: openerTransport, acceptor: acceptorTransport },
    close: async () => {
      const closed = Promise.all([network.close(), once(server, 'close')]);
      openerTransport.terminate();
      acceptorTransport.terminate();
      server.close();
      await closed;
    },
  };
}
