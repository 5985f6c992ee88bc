import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { UserRequest } from '../../relay/user-http.ts';
import type { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';

const NO_TRAILERS: string[] = [];

/** A user's request that the service read itself. Its body waits on the connection until somebody listens. */
export class PlainRequest implements UserRequest {
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly rawTrailers = NO_TRAILERS;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly socket: Socket;
  /** Null where the request has none. */
  readonly #body: RequestBody | null;

  constructor({ method, url, headers, rawHeaders }: RequestHead, socket: Socket, body: RequestBody | null) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.rawHeaders = rawHeaders;
    this.socket = socket;
    this.#body = body;
  }

  /** Whether all of it has come. */
  get complete(): boolean {
    return this.#body === null || this.#body.isWhole;
  }

  get readableEnded(): boolean {
    return this.#body === null || this.#body.readableEnded;
  }

  on(event: string, listener: (argument: never) => void): this {
    this.#body?.on(event, listener as (argument: unknown) => void);
    return this;
  }

  pause(): this {
    this.#body?.pause();
    return this;
  }

  resume(): this {
    this.#body?.resume();
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    if (this.#body !== null) yield* this.#body as AsyncIterable<Buffer>;
  }
}
