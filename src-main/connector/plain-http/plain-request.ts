import type { BackendController, BackendListener, BackendRequest } from '../backend-client.ts';
import { type RequestText, writeRequestHead } from './request-head.ts';

/** What carries a request. */
export interface RequestCarrier {
  /** The request is not wanted any more. */
  drop(): void;
  pause(): void;
  resume(): void;
}

/** One request, from the queue to its end, and the hand of its owner on it. */
export class PlainRequest implements BackendController {
  readonly request: BackendRequest;
  readonly listener: BackendListener;
  readonly head: RequestText;
  rawHeaders: readonly string[] = [];
  rawTrailers: readonly string[] = [];
  #carrier: RequestCarrier | null = null;
  #isOver = false;

  /** @throws Error where it can't be written */
  constructor(request: BackendRequest, listener: BackendListener) {
    this.request = request;
    this.listener = listener;
    this.head = writeRequestHead(request);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns whether it is still wanted */
  start(carrier: RequestCarrier): boolean {
    this.#carrier = carrier;
    this.listener.onRequestStart(this);
    return !this.#isOver;
  }

  end(trailers: readonly string[]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#carrier = null;
    this.rawTrailers = trailers;
    this.listener.onResponseEnd(this);
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#carrier = null;
    this.listener.onResponseError(this, error);
  }

  abort(reason: Error): void {
    const carrier = this.#carrier;
    if (this.#isOver) return;
    this.fail(reason);
    carrier?.drop();
  }

  pause(): void {
    this.#carrier?.pause();
  }

  resume(): void {
    this.#carrier?.resume();
  }
}
