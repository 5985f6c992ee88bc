import type { Socket } from 'node:net';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import { isLoose } from '../../src-shared/wire/gathered-octets.ts';
import { WaitingOctets } from '../../src-shared/wire/waiting-octets.ts';
import type { RoutePlace } from './backend-route.ts';
import type { Exchange } from './exchange.ts';
import { type ExchangeContext, failStream, recordReset } from './exchange-context.ts';
import { IdleWatch } from './idle-watch.ts';
import type { TrafficEntry } from './traffic-recorder.ts';

/**
 * A backend's connection that speaks another protocol now (WebSocket and any other, B53): bytes under credit until both sides have
 * ended. Keeps nothing of the request that it began with: it may be open for days, with thousands of others that say
 * nothing most of the time.
 */
export class SwitchedConnection implements Exchange {
  readonly #stream: MuxStream;
  readonly #socket: Socket;
  readonly #entry: TrafficEntry;
  readonly #place: RoutePlace;
  readonly #onFinished: () => void;
  readonly #idle: IdleWatch | null;
  /** What the backend has not taken; null where it has all. */
  #waiting: WaitingOctets | null = null;
  #isUserEnded = false;
  #isBackendEnded = false;
  #isFinished = false;

  constructor({ stream, entry, route, onFinished }: ExchangeContext, socket: Socket) {
    this.#stream = stream;
    this.#socket = socket;
    this.#entry = entry;
    this.#place = route.place;
    this.#onFinished = onFinished;
    const { idleTimeoutMs } = route;
    this.#idle =
      idleTimeoutMs > 0 ? new IdleWatch(idleTimeoutMs, () => this.#fail(new PosternError('STREAM_IDLE'))) : null;
    socket.on('data', (chunk: Buffer) => this.onBackendData(chunk));
    // Upgraded sockets are half-open: without this they would never close.
    socket.on('end', () => this.#onBackendEnd());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      if (!this.#isBackendEnded) this.#fail(new PosternError('BACKEND_RESET'));
    });
  }

  // The user's side.

  onData(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.#socket.destroyed) {
      this.#stream.consumed(chunk.length);
      return;
    }
    this.#entry.requestBytes += chunk.length;
    this.#idle?.touch();
    if (this.#waiting !== null) this.#waiting.add(chunk);
    else if (isLoose(this.#socket, chunk)) {
      this.#waiting = new WaitingOctets(chunk.length);
      this.#socket.write(chunk, () => this.#onDrain());
    } else if (this.#socket.write(chunk)) this.#stream.consumed(chunk.length);
    else {
      this.#waiting = new WaitingOctets(chunk.length);
      this.#socket.once('drain', () => this.#onDrain());
    }
  }

  onEnd(): void {
    this.#isUserEnded = true;
    this.#waiting?.flush((piece) => this.#socket.write(piece));
    this.#socket.end();
    this.#finishWhenBothEnded();
  }

  onWritable(): void {
    this.#socket.resume();
  }

  onReset(code: WireErrorCode, message: string): void {
    if (this.#isFinished) return;
    recordReset(this.#entry, code, message);
    this.#finish();
    this.#socket.destroy();
  }

  // The backend's side.

  onBackendData(chunk: Buffer): void {
    this.#entry.responseBytes += chunk.length;
    this.#idle?.touch();
    if (!this.#stream.give(chunk)) this.#socket.pause();
  }

  #onBackendEnd(): void {
    this.#isBackendEnded = true;
    this.#stream.end();
    this.#finishWhenBothEnded();
  }

  #onDrain(): void {
    const waiting = this.#waiting;
    if (waiting === null || this.#socket.destroyed) return;
    const takenBytes = waiting.drain((piece) => this.#socket.write(piece));
    if (waiting.bytes === 0) this.#waiting = null;
    else this.#socket.once('drain', () => this.#onDrain());
    this.#stream.consumed(takenBytes);
  }

  #finishWhenBothEnded(): void {
    if (!this.#isUserEnded || !this.#isBackendEnded) return;
    this.#entry.completed();
    this.#finish();
    this.#socket.destroySoon();
  }

  #fail(error: unknown): void {
    if (this.#isFinished) return;
    failStream(this.#stream, this.#entry, this.#place, error);
    this.#finish();
    this.#socket.destroy();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#idle?.stop();
    this.#onFinished();
  }
}
