import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { DEFAULT_DIAL_DEADLINES, openServiceSocket, type ServiceSocketOptions } from './service-socket.ts';

/** How the service is reached, and by whom its certificate may be vouched for. */
export type WaysToService = Pick<ServiceSocketOptions, 'extraCertificates' | 'findRoutes' | 'findAddresses'>;

/** What opens undici's connections to the service, in the same way as those of tunnels. */
export function serviceConnector(ways: WaysToService): buildConnector.connector {
  return ({ protocol, host, hostname, port }, callback) => {
    void open(ways, new URL(`${protocol}//${host ?? `${hostname}:${port}`}`), callback);
  };
}

async function open(ways: WaysToService, url: URL, callback: buildConnector.Callback): Promise<void> {
  let socket: Socket;
  try {
    const { signal } = new AbortController();
    socket = await openServiceSocket({ ...ways, url, deadlines: DEFAULT_DIAL_DEADLINES, signal });
  } catch (error) {
    callback(error as Error, null);
    return;
  }
  callback(null, socket);
}
