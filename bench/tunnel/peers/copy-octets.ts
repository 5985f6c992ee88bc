import { readFileSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';

/**
 * One of the two processes of the peer `copy`: takes connections and copies their octets to and from another port, a connection for a
 * connection. `service PORT` goes on over TLS, `connector PORT` comes by it. Prints `{"port": …}`.
 */
const [role, portText, certificateFile = '', keyFile = ''] = process.argv.slice(2);
const port = Number(portText);

const server: Server =
  role === 'service'
    ? createServer({ noDelay: true }, (user) =>
        copy(user, connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: readFileSync(certificateFile) })),
      )
    : createTlsServer({ cert: readFileSync(certificateFile), key: readFileSync(keyFile), noDelay: true }, (tunnel) =>
        copy(tunnel, connect({ port, host: '127.0.0.1' })),
      );
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});

function copy(one: Socket, other: Socket): void {
  other.setNoDelay(true);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('data', (octets) => {
      if (!to.write(octets)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('close', () => to.destroy());
    // Its end says the rest.
    from.on('error', () => undefined);
  }
}
