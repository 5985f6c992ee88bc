import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The network between a connector and its service, which comes and goes. */
export interface Way extends AsyncDisposable {
  readonly port: number;
  /** To where it leads; nobody gets through before. */
  targetPort: number;
  /** Resets what is open and lets new connections through. */
  heal(): void;
  /** Swallows what comes from now on, both directions, and closes nothing. */
  swallow(): void;
  /** Resets what is open, and every new connection at once. */
  refuse(): void;
}

/** Starts a TCP relay on loopback. */
export async function startWay(): Promise<Way> {
  const sockets = new Set<Socket>();
  let mode: 'heal' | 'swallow' | 'refuse' = 'heal';
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((client) => {
    if (mode === 'refuse' || way.targetPort === 0) {
      client.resetAndDestroy();
      return;
    }
    const target = connect(way.targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (octets) => {
        if (mode === 'heal') to.write(octets);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        if (mode !== 'swallow') to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const way: Way = {
    port: (server.address() as AddressInfo).port,
    targetPort: 0,
    heal: () => {
      mode = 'heal';
      cut();
    },
    swallow: () => {
      mode = 'swallow';
    },
    refuse: () => {
      mode = 'refuse';
      cut();
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
  return way;
}
