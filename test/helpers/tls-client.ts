import { once } from 'node:events';
import type { LookupFunction } from 'node:net';
import { type PeerCertificate, connect } from 'node:tls';

/** Every name is this machine: custom domains of tests stand in no DNS. */
export const loopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

/** What a server presents to a client that asks for `servername`, and to one that names none where it is empty. */
export async function presentedTo(
  port: number,
  servername: string,
  protocols: readonly string[] = ['h2', 'http/1.1'],
): Promise<{ readonly certificate: PeerCertificate; readonly protocol: string | false | null }> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername,
    ALPNProtocols: [...protocols],
    // The certificate itself is what is looked at.
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const presented = { certificate: socket.getPeerCertificate(), protocol: socket.alpnProtocol };
  socket.destroy();
  return presented;
}
