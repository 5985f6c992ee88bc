import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { GatheredOctets } from '../../src-shared/wire/gathered-octets.ts';
import type { Exchange } from './exchange.ts';
import { type ExchangeContext, failExchange, recordReset } from './exchange-context.ts';
import type { Negotiated } from './http2-sessions.ts';

/**
 * An exchange whose backend must first be asked what it speaks. Holds what comes of the request meanwhile, which is at most
 * what may ride along before TAKEN, and hands all to the exchange that then fits.
 */
export class NegotiatedExchange implements Exchange {
  readonly #context: ExchangeContext;
  #exchange: Exchange | null = null;
  #early: GatheredOctets | null = null;
  #trailers: readonly string[] | null = null;
  #isOver = false;

  constructor(context: ExchangeContext, negotiated: Promise<Negotiated>, begin: (negotiated: Negotiated) => Exchange) {
    this.#context = context;
    negotiated.then((result) => this.#begin(begin, result)).catch((error: unknown) => this.#fail(error));
  }

  onData(chunk: Uint8Array): void {
    if (this.#exchange !== null) this.#exchange.onData(chunk);
    else if (this.#isOver) this.#context.stream.consumed(chunk.length);
    else (this.#early ??= new GatheredOctets()).add(chunk);
  }

  onEnd(trailers: readonly string[]): void {
    this.#trailers = trailers;
    this.#exchange?.onEnd(trailers);
  }

  onWritable(): void {
    this.#exchange?.onWritable();
  }

  onReset(code: WireErrorCode, message: string): void {
    if (this.#exchange !== null) {
      this.#exchange.onReset(code, message);
    } else if (!this.#isOver) {
      this.#isOver = true;
      recordReset(this.#context.entry, code, message);
      this.#context.onFinished();
    }
  }

  #begin(begin: (negotiated: Negotiated) => Exchange, negotiated: Negotiated): void {
    if (this.#isOver) return;
    this.#exchange = begin(negotiated);
    const early = this.#early?.parts() ?? [];
    this.#early = null;
    for (const part of early) this.#exchange.onData(part);
    if (this.#trailers !== null) this.#exchange.onEnd(this.#trailers);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    failExchange(this.#context, error);
    this.#context.onFinished();
  }
}
