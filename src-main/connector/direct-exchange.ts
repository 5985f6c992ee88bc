import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { isLoose } from '../../src-shared/wire/gathered-octets.ts';
import { WaitingOctets } from '../../src-shared/wire/waiting-octets.ts';
import { AnswerClock } from './answer-clock.ts';
import type { BackendDialer } from './backend-dialer.ts';
import { dialOf } from './dial.ts';
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
import { SwitchedConnection } from './switched-connection.ts';

export interface DirectExchangeOptions {
  readonly connectTimeoutMs: number;
  readonly maxHeaderBytes: number;
}

/**
 * A request over a connection of its own, by node:http: for a switch of protocols (WebSocket and any other, B53), which
 * takes the connection for itself, and for a request with trailers, which undici can't send.
 */
export class DirectExchange implements Exchange {
  readonly #context: ExchangeContext;
  readonly #request: ClientRequest;
  #response: IncomingMessage | null = null;
  /** What the backend has not taken; null where it has all. */
  #waiting: WaitingOctets | null = null;
  #isUserEnded = false;
  #isBackendEnded = false;
  #isFinished = false;
  #isConnected = false;
  readonly #clock: AnswerClock;

  constructor(context: ExchangeContext, options: DirectExchangeOptions, dialer: BackendDialer) {
    this.#context = context;
    const { route, head, target, headers } = context;
    this.#clock = new AnswerClock(route.headersTimeoutMs, () => this.#fail(silenceOf(context)));
    const tls = route.isSecure ? { ALPNProtocols: ['http/1.1'], ...route.tls } : null;
    this.#request = httpRequest({
      createConnection: (_options, onCreated) => {
        dialer.open(route, tls, options.connectTimeoutMs).then(
          (socket) => onCreated(null, socket),
          (error: unknown) => this.#fail(error),
        );
        return null;
      },
      host: route.hostname,
      port: route.port,
      method: head.method,
      path: target,
      headers: head.isUpgrade ? headers : [...headers, 'connection', 'close'],
      maxHeaderSize: options.maxHeaderBytes,
    });
    // node:http would drop what is beyond its count; the bytes bound it, and sendResponseHead refuses what is too much.
    this.#request.maxHeadersCount = 0;
    this.#request.on('socket', (socket) => this.#onSocket(socket));
    this.#request.on('information', (info) => this.#sendHead(info.statusCode, info.rawHeaders, false));
    this.#request.on('response', (response) => this.#onResponse(response));
    this.#request.on('upgrade', (response, socket, bytes) => this.#onUpgrade(response, socket, bytes));
    this.#request.on('drain', () => this.#onDrain());
    this.#request.on('error', (error) => this.#fail(error));
    if (head.isUpgrade) this.#request.end();
    else this.#request.flushHeaders();
  }

  // The user's side.

  onData(chunk: Uint8Array): void {
    const sink = this.#request;
    if (sink.writableEnded || chunk.length === 0 || sink.destroyed) {
      this.#context.stream.consumed(chunk.length);
      return;
    }
    this.#context.entry.requestBytes += chunk.length;
    if (this.#waiting !== null) this.#waiting.add(chunk);
    else if (isLoose(sink, chunk)) {
      this.#waiting = new WaitingOctets(chunk.length);
      // Where it has none, only `drain` says that it has again.
      const hasRoom = sink.write(chunk, () => {
        if (hasRoom) this.#onDrain();
      });
    } else if (sink.write(chunk)) {
      this.#context.stream.consumed(chunk.length);
      return;
    } else this.#waiting = new WaitingOctets(chunk.length);
    if (this.#isConnected) this.#clock.run();
  }

  onEnd(trailers: readonly string[]): void {
    this.#isUserEnded = true;
    if (this.#request.writableEnded) return;
    this.#waiting?.flush((piece) => this.#request.write(piece));
    if (trailers.length > 0) this.#request.addTrailers(pairs(trailers));
    this.#request.end();
    if (this.#isConnected) this.#clock.run();
  }

  onWritable(): void {
    this.#response?.resume();
  }

  onReset(code: WireErrorCode, message: string): void {
    if (this.#isFinished) return;
    recordReset(this.#context.entry, code, message);
    this.#finish();
    this.#request.destroy();
  }

  // The backend's side.

  #onSocket(socket: Socket): void {
    socket.setNoDelay(true);
    this.#isConnected = true;
    this.#context.entry.sent(dialOf(socket));
    this.#context.stream.taken();
    if (this.#request.writableEnded || this.#waiting !== null) this.#clock.run();
  }

  #onResponse(response: IncomingMessage): void {
    this.#clock.end();
    this.#response = response;
    const status = response.statusCode ?? 502;
    const endStream = isBodiless(this.#context.head.method, status);
    if (!this.#sendHead(status, response.rawHeaders, endStream)) return;
    response.on('data', (chunk: Buffer) => this.#onResponseData(chunk, response));
    response.on('end', () => {
      this.#isBackendEnded = true;
      if (endStream) this.#complete();
      else endResponse(this.#context, response.rawTrailers, () => this.#complete());
      // What may still come of the request has no reader any more.
      this.#request.destroy();
    });
    response.on('error', (error) => this.#fail(error));
  }

  #onUpgrade(response: IncomingMessage, socket: Socket, bytes: Buffer): void {
    this.#clock.end();
    if (!this.#context.head.isUpgrade) {
      this.#fail(new PosternError('BACKEND_PROTOCOL', { message: 'It switched protocols though nobody asked.' }));
      socket.destroy();
      return;
    }
    if (!this.#sendHead(response.statusCode ?? 101, response.rawHeaders, false)) {
      socket.destroy();
      return;
    }
    // All that is told of either side is told to another from here on.
    this.#isFinished = true;
    const switched = new SwitchedConnection(this.#context, socket);
    this.#context.owner.handTo(switched);
    if (bytes.length > 0) switched.onBackendData(bytes);
    if (this.#isUserEnded) switched.onEnd();
  }

  /** @returns false when the head could not be sent and the exchange is over. */
  #sendHead(status: number, headers: readonly string[], endStream: boolean): boolean {
    try {
      sendResponseHead(this.#context, status, headers, endStream);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #onResponseData(chunk: Buffer, source: { pause(): unknown }): void {
    this.#context.entry.responseBytes += chunk.length;
    if (!this.#context.stream.give(chunk)) source.pause();
  }

  #onDrain(): void {
    const waiting = this.#waiting;
    if (this.#request.destroyed) return;
    if (!this.#request.writableEnded) this.#clock.pause();
    if (waiting === null) return;
    const takenBytes = waiting.drain((piece) => this.#request.write(piece));
    if (waiting.bytes === 0) this.#waiting = null;
    else this.#clock.run();
    this.#context.stream.consumed(takenBytes);
  }

  #complete(): void {
    this.#context.entry.completed();
    this.#finish();
  }

  #fail(error: unknown): void {
    // A whole response may still be on its way through its translation.
    if (this.#isFinished || this.#isBackendEnded) return;
    failExchange(this.#context, error);
    this.#finish();
    this.#request.destroy();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#clock.end();
    this.#context.onFinished();
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    result.push([flat[index] as string, flat[index + 1] as string]);
  }
  return result;
}
