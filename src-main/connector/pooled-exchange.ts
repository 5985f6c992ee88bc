import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { BackendBody, BackendClient, BackendController, BackendListener } from './backend-client.ts';
import type { Exchange } from './exchange.ts';
import {
  endResponse,
  type ExchangeContext,
  failExchange,
  isBodiless,
  recordReset,
  sendResponseHead,
  silenceOf,
} from './exchange-context.ts';
import { isUnusual } from './plain-http/response-parser.ts';

/** Methods that mean the same when they are sent twice and carry nothing that could be spent. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT']);

/** Methods whose body servers may leave unread, and then take for the next request: no other request comes behind one. */
const USUALLY_BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE']);

/** A connection that the backend closes while idle fails the next request on it in one of these ways. */
const STALE_CONNECTION_CODES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * A request and its response over a pooled connection. The client's listener is this object itself: no closure, no stream
 * object and no copy stands between the backend's socket and the tunnel.
 */
export class PooledExchange implements Exchange, BackendListener {
  readonly #context: ExchangeContext;
  readonly #client: BackendClient;
  readonly #endsConnection: boolean | null;
  readonly #body: Buffer | BackendBody | null;
  /** The body where it follows. */
  readonly #bodyStream: BackendBody | null;
  #controller: BackendController | null = null;
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
    client: BackendClient,
    body: Buffer | null | 'stream',
    endsConnection: boolean | null,
  ) {
    this.#context = context;
    this.#client = client;
    this.#endsConnection = endsConnection;
    this.#bodyStream = body === 'stream' ? client.makeBody() : null;
    this.#body = body === 'stream' ? this.#bodyStream : body;
    this.#isRepeatable = body === null && REPEATABLE.has(context.head.method);
    this.#canRepeat = this.#isRepeatable;
    this.#dispatch();
  }

  #dispatch(): void {
    const { head, route, target, headers } = this.#context;
    const hasRoom = this.#client.dispatch(
      {
        path: target,
        method: head.method,
        headers,
        body: this.#body,
        headersTimeoutMs: route.headersTimeoutMs,
        endsConnection:
          this.#endsConnection ?? (this.#body !== null && USUALLY_BODILESS.has(head.method) ? true : null),
      },
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
    const reason = new PosternError('BACKEND_TIMEOUT', { message });
    failExchange(this.#context, reason);
    this.#finish();
    this.#end(reason);
  }

  /** Ends what there is of it at the backend's side: a connection, or a place in the line for one. */
  #end(reason: Error): void {
    this.#abortReason = reason;
    if (this.#controller === null) this.#client.abandon(this);
    else this.#controller.abort(reason);
    this.#bodyStream?.destroy();
  }

  #stopWaiting(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
  }

  // The user's side.

  onData(chunk: Uint8Array): void {
    if (this.#bodyStream !== null && !this.#isFinished && !this.#isResponseEnded) this.#bodyStream.push(chunk);
    else this.#context.stream.consumed(chunk.length);
  }

  onEnd(): void {
    this.#bodyStream?.push(null);
  }

  onWritable(): void {
    this.#controller?.resume();
  }

  onReset(code: WireErrorCode, message: string): void {
    if (this.#isFinished) return;
    recordReset(this.#context.entry, code, message);
    this.#finish();
    this.#end(new Error(message === '' ? code : message));
  }

  // The backend's side.

  onRequestStart(controller: BackendController): void {
    this.#controller = controller;
    this.#stopWaiting();
    if (this.#abortReason !== null) {
      controller.abort(this.#abortReason);
      return;
    }
    this.#context.entry.sent(this.#client.takeDial());
    // Nothing hangs on it for the others, and a frame of its own would wake both ends once more for each request.
    if (!this.#isRepeatable) this.#context.stream.taken();
  }

  onBodySent(chunk: Uint8Array): void {
    this.#context.entry.requestBytes += chunk.length;
    this.#context.stream.consumed(chunk.length);
  }

  onResponseStart(controller: BackendController, status: number): void {
    const headers = (controller.rawHeaders ?? []) as readonly (string | Buffer)[];
    const isFinal = status >= 200;
    if (isFinal) this.#isAnswered = true;
    const endStream = isFinal && isBodiless(this.#context.head.method, status);
    sendResponseHead(this.#context, status, headers, endStream);
    if (endStream) this.#isResponseEnded = true;
  }

  onResponseData(controller: BackendController, chunk: Buffer): void {
    // undici hands out an empty chunk after pause and resume.
    if (chunk.length === 0) return;
    this.#context.entry.responseBytes += chunk.length;
    if (!this.#context.stream.give(chunk)) controller.pause();
  }

  onResponseEnd(controller: BackendController): void {
    if (this.#isFinished) return;
    if (this.#isResponseEnded) {
      this.#complete();
    } else {
      this.#isResponseEnded = true;
      endResponse(this.#context, trailersOf(controller), () => this.#complete());
    }
  }

  onResponseError(_controller: BackendController | null, error: Error): void {
    if (this.#isFinished) return;
    if (this.#canRepeat && !this.#isAnswered && (isStaleConnection(error) || isUnusual(error))) {
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
    const unsentBytes = this.#bodyStream?.unsentBytes ?? 0;
    if (unsentBytes > 0) this.#context.stream.consumed(unsentBytes);
  }
}

function isStaleConnection(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && STALE_CONNECTION_CODES.has(error.code);
}

function isSilence(error: Error): boolean {
  return 'code' in error && error.code === 'UND_ERR_HEADERS_TIMEOUT';
}

function trailersOf(controller: BackendController): string[] {
  const raw = (controller.rawTrailers ?? []) as readonly (string | Buffer)[];
  return Array.isArray(raw) ? raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1'))) : [];
}
