import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SocksProxyOptions {
  readonly credentials?: { readonly userName: string; readonly password: string };
  /** Answers every request with this reply (RFC 1928, section 6) in place of a connection. */
  readonly reply?: number;
  /** Writes what it says octet by octet. */
  readonly isSlow?: boolean;
}

/** A real proxy of SOCKS5 on loopback. */
export interface SocksProxy {
  readonly url: string;
  /** What was asked for, oldest first: `host:port`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function startSocksProxy(options: SocksProxyOptions = {}): Promise<SocksProxy> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    return socket;
  };
  const server = createServer((socket) => void serve(keep(socket)).catch(() => socket.destroy()));

  const say = async (socket: Socket, octets: readonly number[]): Promise<void> => {
    if (options.isSlow !== true) socket.write(Uint8Array.from(octets));
    else {
      for (const octet of octets) {
        socket.write(Uint8Array.of(octet));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };

  const serve = async (socket: Socket): Promise<void> => {
    const { credentials, reply = 0 } = options;
    const [, count = 0] = await take(socket, 2);
    const methods = [...(await take(socket, count))];
    const method = credentials === undefined ? 0 : 2;
    if (!methods.includes(method)) {
      socket.end(Uint8Array.of(5, 0xff));
      return;
    }
    await say(socket, [5, method]);
    if (credentials !== undefined) {
      const [, userBytes = 0] = await take(socket, 2);
      const userName = (await take(socket, userBytes)).toString();
      const [passwordBytes = 0] = await take(socket, 1);
      const password = (await take(socket, passwordBytes)).toString();
      const isRight = userName === credentials.userName && password === credentials.password;
      await say(socket, [1, isRight ? 0 : 1]);
      if (!isRight) {
        socket.end();
        return;
      }
    }
    const [, , , type] = await take(socket, 4);
    const host = await readHost(socket, type ?? 0);
    const port = (await take(socket, 2)).readUInt16BE();
    if (reply !== 0) {
      await say(socket, [5, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
      socket.end();
      return;
    }
    asked.push(`${host}:${port}`);
    const there = keep(connect({ host, port }));
    await once(there, 'connect');
    socket.on('close', () => there.destroy());
    there.on('close', () => socket.destroy());
    // A name where it connects from, as some say it.
    await say(socket, [5, 0, 0, 3, 4, ...Buffer.from('here'), 0, 0]);
    socket.pipe(there).pipe(socket);
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readHost(socket: Socket, type: number): Promise<string> {
  if (type === 1) return [...(await take(socket, 4))].join('.');
  if (type === 4) {
    const octets = await take(socket, 16);
    return Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(index * 2).toString(16)).join(':');
  }
  const [length = 0] = await take(socket, 1);
  return (await take(socket, length)).toString();
}

async function take(socket: Socket, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  for (;;) {
    const octets = socket.read(bytes) as Buffer | null;
    if (octets !== null) return octets;
    if (socket.readableEnded || socket.destroyed) throw new Error('It ended.');
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}
