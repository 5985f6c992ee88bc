/** Writes a backend's response to a user, over whichever version of HTTP the user came by. Lists are flat: `name, value…`. */
export interface ResponseWriter {
  /** Whether a head was written. */
  readonly isBegun: boolean;
  /** Whether nobody is there any more. */
  readonly isGone: boolean;
  /** Asks for the request's body (100). */
  writeContinue(): void;
  /** 103 (RFC 8297). */
  writeEarlyHints(headers: readonly string[]): void;
  /** Writes the head, repeated names kept. @throws when HTTP can't carry it; nothing is written then */
  writeHead(status: number, headers: readonly string[]): void;
  /** Octets of the body that were written and that the connection has not taken. */
  readonly writableLength: number;
  /** @param onWritten called once it has taken these, after any `drain` @returns false when the response's `drain` should be awaited */
  write(chunk: Uint8Array, onWritten?: () => void): boolean;
  /** @param isRequestCut nobody reads the rest of the request */
  end(trailers: readonly string[], isRequestCut: boolean): void;
  /** Over HTTP/2, in the place of a head: asks the client to come by HTTP/1.1 (RFC 9113 section 7). @returns whether it does */
  requireHttp1(): boolean;
  /** Ends a response half-way, so that nobody takes it for a whole one. */
  abort(error: Error): void;
}
