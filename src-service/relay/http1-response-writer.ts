import type { ServerResponse } from 'node:http';
import { groupFields, pairFields } from './field-lists.ts';
import type { ResponseWriter } from './response-writer.ts';

/** Writes to a user over HTTP/1.1. */
export class Http1ResponseWriter implements ResponseWriter {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get isBegun(): boolean {
    return this.#response.headersSent;
  }

  get isGone(): boolean {
    return this.#response.destroyed;
  }

  writeContinue(): void {
    this.#response.writeContinue();
  }

  writeEarlyHints(headers: readonly string[]): void {
    this.#response.writeEarlyHints(groupFields(headers));
  }

  writeHead(status: number, headers: readonly string[]): void {
    this.#response.writeHead(status, headers as string[]);
  }

  write(chunk: Uint8Array): boolean {
    return this.#response.write(chunk);
  }

  end(trailers: readonly string[]): void {
    if (trailers.length > 0) this.#response.addTrailers(pairFields(trailers));
    this.#response.end();
  }

  requireHttp1(): boolean {
    return false;
  }

  abort(error: Error): void {
    this.#response.destroy(error);
  }
}
