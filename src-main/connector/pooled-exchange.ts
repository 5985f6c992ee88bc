import { Readable } from 'node:stream';
import type { Client, Dispatcher, Pool } from 'undici';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import {
  endResponse,
  type Exchange,
  type ExchangeContext,
  failExchange,
  isBodiless,
  recordReset,
  sendResponseHead,
  silenceOf,
} from './exchange.ts';

/** Methods that mean the same when they are sent twice and carry nothing that could be spent. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT']);

/** Methods whose body servers may leave unread, and then take for the next request: no other request comes behind one. */
const USUALLY_BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE']);

/** A connection that the backend closes while idle fails the next request on it in one of these ways. */
const STALE_CONNECTION_CODES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * A request and its response over a pooled connection. The handler of undici's `dispatch` is this object itself: no
 * closure, no stream object and no copy stands between the backend's socket and the tunnel.
 */
export class PooledExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #context: ExchangeContext;
  readonly #pool: Pool | Client;
  readonly #endsConnection: boolean | null;
  #body: Buffer | Readable | null;
  #controller: Dispatcher.DispatchController | null = null;
  /** Runs while every connection is in use. */
  #waiting: NodeJS.Timeout | null = null;
  #abortReason: Error | null = null;
  #isAnswered = false;
  #isResponseEnded = false;
  #isFinished = false;
  /** Whether it may reach the backend twice, now or by way of another connector. */
  readonly #isRepeatable: boolean;
  #canRepeat: boolean;

  /**
   * @param body the whole request body where it is known already, null where there is none, `stream` where it follows.
   * @param endsConnection whether no other request may come behind it on its connection; null: as its method has it.
   */
  constructor(
    context: ExchangeContext,
    pool: Pool | Client,
    body: Buffer | null | 'stream',
    endsConnection: boolean | null,
  ) {
    this.#context = context;
    this.#pool = pool;
    this.#endsConnection = endsConnection;
    this.#body = body === 'stream' ? new Readable({ read: () => undefined }) : body;
    this.#isRepeatable = body === null && REPEATABLE.has(context.head.method);
    this.#canRepeat = this.#isRepeatable;
    this.#dispatch();
  }

  #dispatch(): void {
    const { head, route, target, headers } = this.#context;
    const hasRoom = this.#pool.dispatch(
      {
        origin: route.origin,
        path: target,
        method: head.method,
        headers,
        body: this.#body,
        headersTimeout: route.headersTimeoutMs,
        reset: this.#endsConnection ?? (this.#body !== null && USUALLY_BODILESS.has(head.method) ? true : null),
        // Constant for a pool: a change of it would make undici close the connection.
        servername: route.hostname,
      } as Dispatcher.DispatchOptions,
      this,
    );
    // Streams that stay open may hold every connection for hours: who waits for one must not wait as long.
    if (!hasRoom && this.#controller === null && !this.#isFinished) {
      this.#waiting ??= setTimeout(() => this.#giveUpWaiting(), route.headersTimeoutMs);
    }
  }

  #giveUpWaiting(): void {
    const { route } = this.#context;
    const seconds = route.headersTimeoutMs / 1000;
    const message = `All connections to ${route.hostname} that are allowed are in use, and none became free within ${seconds} s.`;
    this.#abortReason = new PosternError('BACKEND_TIMEOUT', { message });
    failExchange(this.#context, this.#abortReason);
    this.#finish();
    if (this.#body instanceof Readable) this.#body.destroy();
  }

  #stopWaiting(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
  }

  // The user's side.

  onData(chunk: Uint8Array): void {
    if (this.#body instanceof Readable && !this.#isFinished && !this.#isResponseEnded) this.#body.push(chunk);
    else this.#context.stream.consumed(chunk.length);
  }

  onEnd(): void {
    if (this.#body instanceof Readable) this.#body.push(null);
  }

  onWritable(): void {
    this.#controller?.resume();
  }

  onReset(code: WireErrorCode, message: string): void {
    if (this.#isFinished) return;
    recordReset(this.#context.entry, code, message);
    this.#finish();
    this.#abortReason = new Error(message === '' ? code : message);
    this.#controller?.abort(this.#abortReason);
    if (this.#body instanceof Readable) this.#body.destroy();
  }

  // The backend's side.

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#stopWaiting();
    if (this.#abortReason !== null) {
      controller.abort(this.#abortReason);
      return;
    }
    this.#context.entry.sent();
    // Nothing hangs on it for the others, and a frame of its own would wake both ends once more for each request.
    if (!this.#isRepeatable) this.#context.stream.taken();
  }

  onBodySent(chunk: Uint8Array): void {
    this.#context.entry.requestBytes += chunk.length;
    this.#context.stream.consumed(chunk.length);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const headers = (controller.rawHeaders ?? []) as readonly (string | Buffer)[];
    const isFinal = status >= 200;
    if (isFinal) this.#isAnswered = true;
    const endStream = isFinal && isBodiless(this.#context.head.method, status);
    sendResponseHead(this.#context, status, headers, endStream);
    if (endStream) this.#isResponseEnded = true;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // undici hands out an empty chunk after pause and resume.
    if (chunk.length === 0) return;
    this.#context.entry.responseBytes += chunk.length;
    if (!this.#context.stream.give(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#isFinished) return;
    if (this.#isResponseEnded) {
      this.#complete();
    } else {
      this.#isResponseEnded = true;
      endResponse(this.#context, trailersOf(controller), () => this.#complete());
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isFinished) return;
    if (this.#canRepeat && !this.#isAnswered && isStaleConnection(error)) {
      this.#canRepeat = false;
      this.#controller = null;
      this.#dispatch();
      return;
    }
    failExchange(this.#context, isSilence(error) ? silenceOf(this.#context) : error);
    this.#finish();
  }

  #complete(): void {
    this.#context.entry.completed();
    this.#finish();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#stopWaiting();
    this.#giveBackUnsent();
    this.#context.onFinished();
  }

  /** The backend answered without reading the whole body: what is left is dropped, so that its sender isn't held up. */
  #giveBackUnsent(): void {
    if (!(this.#body instanceof Readable)) return;
    const unsentBytes = this.#body.readableLength;
    if (unsentBytes > 0) this.#context.stream.consumed(unsentBytes);
  }
}

function isStaleConnection(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && STALE_CONNECTION_CODES.has(error.code);
}

function isSilence(error: Error): boolean {
  return 'code' in error && error.code === 'UND_ERR_HEADERS_TIMEOUT';
}

function trailersOf(controller: Dispatcher.DispatchController): string[] {
  const raw = (controller.rawTrailers ?? []) as readonly (string | Buffer)[];
  return Array.isArray(raw) ? raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1'))) : [];
}
