import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { DEFAULT_DIAL_DEADLINES, openServiceSocket, type ServiceSocketOptions } from './service-socket.ts';

type Options = Pick<ServiceSocketOptions, 'extraCertificates' | 'findRoutes'>;

/** What opens undici's connections to the service, in the same way as those of tunnels. */
export function serviceConnector(options: Options): buildConnector.connector {
  return ({ protocol, host, hostname, port }, callback) => {
    void open(options, new URL(`${protocol}//${host ?? `${hostname}:${port}`}`), callback);
  };
}

async function open(options: Options, url: URL, callback: buildConnector.Callback): Promise<void> {
  let socket: Socket;
  try {
    const { signal } = new AbortController();
    socket = await openServiceSocket({ ...options, url, deadlines: DEFAULT_DIAL_DEADLINES, signal });
  } catch (error) {
    callback(error as Error, null);
    return;
  }
  callback(null, socket);
}
