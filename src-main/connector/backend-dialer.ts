import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { buildConnector } from 'undici';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { BackendGuard } from './policy/backend-guard.ts';

/** Where a connection to a backend goes. */
export interface BackendPlace {
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** Opens every connection to a backend, in whatever way it is used: none is made that its guard does not permit (B70). */
export class BackendDialer {
  readonly #guard: BackendGuard;

  constructor(guard: BackendGuard) {
    this.#guard = guard;
  }

  /** What opens connections to one place for undici, TLS included. */
  connectorFor(place: BackendPlace, options: buildConnector.BuildOptions): buildConnector.connector {
    const { hostname, port } = place;
    const connect = buildConnector({ ...options, lookup: this.#guard.lookupFor(port), autoSelectFamily: true });
    return (wanted, callback) => {
      try {
        this.#guard.check(hostname, port);
      } catch (error) {
        process.nextTick(callback, error, null);
        return;
      }
      connect(wanted, (...result) => {
        const [error, socket] = result;
        if (error === null) this.#watch(socket, place);
        callback(...result);
      });
    };
  }

  /**
   * Opens a connection.
   * @param tls how TLS is made; null for none
   * @throws PosternError `BACKEND_FORBIDDEN`, `BACKEND_CONNECT_TIMEOUT`; what the connection fails with
   */
  async open(place: BackendPlace, tls: ConnectionOptions | null, timeoutMs: number): Promise<Socket> {
    const { hostname, port } = place;
    this.#guard.check(hostname, port);
    const address = { host: hostname, port, lookup: this.#guard.lookupFor(port), autoSelectFamily: true };
    const socket = tls === null ? connectTcp(address) : connectTls({ ...address, ...tls });
    await established(socket, tls === null ? 'connect' : 'secureConnect', place, timeoutMs);
    this.#watch(socket, place);
    return socket;
  }

  #watch(socket: Socket, { hostname, port }: BackendPlace): void {
    this.#guard.watch(socket, hostname, port, isIP(hostname) === 0 ? (socket.remoteAddress ?? null) : hostname);
  }
}

function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { hostname, port }: BackendPlace,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const message = `${hostname} port ${port} did not accept a connection within ${timeoutMs / 1000} s.`;
      socket.destroy(new PosternError('BACKEND_CONNECT_TIMEOUT', { message }));
    }, timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', onError);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve();
    });
  });
}
