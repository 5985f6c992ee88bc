import type { Socket } from 'node:net';
import { connectTo } from '../connect-to.ts';
import type { Target } from '../peer.ts';

const HEAD_END = Buffer.from('\r\n\r\n');

/** One connection that sends the same GET again and again, one at a time; cheap enough not to be what is measured. */
export class KeepAliveConnection {
  readonly #socket: Socket;
  readonly #request: string;
  #onAnswer: ((error: Error | null) => void) | null = null;
  #received: Buffer = Buffer.alloc(0);
  /** Octets of the answer under way; null until its head is in. */
  #answerBytes: number | null = null;

  constructor(target: Target, path: string) {
    const lines = Object.entries(target.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#request = `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
    this.#socket = connectTo(target);
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#finish(error));
    this.#socket.on('close', () => this.#finish(new Error('The connection was closed.')));
  }

  /** @param onAnswer hears once, when the whole answer is in or won't come */
  ask(onAnswer: (error: Error | null) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#onAnswer = null;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    this.#answerBytes ??= this.#readHead();
    if (this.#answerBytes === null || this.#received.length < this.#answerBytes) return;
    this.#received = Buffer.alloc(0);
    this.#answerBytes = null;
    this.#finish(null);
  }

  #readHead(): number | null {
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return null;
    const head = this.#received.toString('latin1', 0, end);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
      this.#finish(new Error(`An unexpected answer: ${head}`));
      return null;
    }
    return end + HEAD_END.length + Number(length);
  }

  #finish(error: Error | null): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(error);
  }
}
