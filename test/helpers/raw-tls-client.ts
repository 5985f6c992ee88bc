import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** A user's connection on which HTTP/1.1 is written by hand, one character an octet. */
export class RawTlsClient {
  received = '';
  isClosed = false;
  readonly #socket: TLSSocket;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.received += text));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async connect(port: number, ca: string): Promise<RawTlsClient> {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] });
    await once(socket, 'secureConnect');
    return new RawTlsClient(socket);
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }
}
