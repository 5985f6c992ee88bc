import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { UserRequest } from '../relay/user-http.ts';

const NOTHING: string[] = [];

/**
 * What is kept of a request whose connection speaks another protocol now: what the line of the log says of it. The request itself,
 * with its headers and the memory that they were read from, would take more than all else that such a connection needs.
 */
export class SwitchedRequest implements UserRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly socket: Socket;
  readonly #host: string | undefined;

  constructor({ method, url, socket, headers }: UserRequest) {
    this.method = method;
    this.url = url;
    this.socket = socket;
    this.#host = headers.host;
  }

  get httpVersion(): string {
    return '1.1';
  }

  get httpVersionMajor(): number {
    return 1;
  }

  get headers(): IncomingHttpHeaders {
    return this.#host === undefined ? {} : { host: this.#host };
  }

  get rawHeaders(): string[] {
    return NOTHING;
  }

  get rawTrailers(): string[] {
    return NOTHING;
  }

  get complete(): boolean {
    return true;
  }

  get readableEnded(): boolean {
    return true;
  }

  /** Nothing comes any more. */
  on(): this {
    return this;
  }

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {}
}
