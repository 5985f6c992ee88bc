import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { PipeFaults } from './faulty-pipe.ts';

/** A TCP proxy on loopback that does to octets what a bad network does. */
export interface FaultyProxy {
  readonly port: number;
  /** Octets that went through, both directions. */
  readonly bytes: number;
  /** Ends one direction of every connection, and leaves the other open: towards the target, or back. */
  halfClose(towards: 'target' | 'client'): void;
  /** Swallows what comes from now on, both directions, and closes nothing. */
  stall(): void;
  /** Cuts every connection with a reset. */
  cut(): void;
  close(): Promise<void>;
}

/** Puts a proxy with faults in front of a port of this machine. The caller closes it. */
export async function withFaults(targetPort: number, faults: PipeFaults = {}): Promise<FaultyProxy> {
  const connections = new Map<Socket, Socket>();
  let bytes = 0;
  let isStalled = false;
  const cut = (): void => {
    for (const [client, target] of connections) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  };
  const forward = (from: Socket, to: Socket): void => {
    let directionBytes = 0;
    let pieceIndex = 0;
    from.on('data', (chunk: Buffer) => {
      const start = directionBytes;
      directionBytes += chunk.length;
      bytes += chunk.length;
      if (isStalled) return;
      const { cutAfterBytes = Infinity, stallAfterBytes = Infinity, pieceBytes = [] } = faults;
      const passed = chunk.subarray(0, Math.max(0, Math.min(cutAfterBytes, stallAfterBytes) - start));
      for (let offset = 0; offset < passed.length; pieceIndex += 1) {
        const size = Math.max(1, pieceBytes[pieceIndex % pieceBytes.length] ?? passed.length);
        const isTaken = to.write(passed.subarray(offset, offset + size));
        offset += size;
        if (!isTaken) from.pause();
      }
      if (directionBytes >= cutAfterBytes) to.end(cut);
    });
    to.on('drain', () => from.resume());
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    connections.set(client, target);
    client.on('close', () => connections.delete(client));
    forward(client, target);
    forward(target, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get bytes() {
      return bytes;
    },
    halfClose: (towards) => {
      for (const [client, target] of connections) (towards === 'target' ? target : client).end();
    },
    stall: () => {
      isStalled = true;
    },
    cut,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
