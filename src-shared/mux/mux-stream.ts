import type { WireErrorCode } from '../errors/registry.ts';

/**
 * What the owner of a stream is told. Calls come in order, never re-entrantly from within `write`, `end` or `reset` of
 * the same stream. After `onReset`, or after both directions have ended, nothing comes any more.
 */
export interface StreamHandler {
  /** A header block from the peer: the response head, or an informational one before it. */
  onHead(block: Uint8Array, isInformational: boolean): void;
  /** The connector begins to write the request to the backend; the service must not send it elsewhere any more. */
  onTaken(): void;
  /** Payload. The chunk is the receiver's to keep; each byte must be given back once with `consumed`. May be empty. */
  onData(chunk: Uint8Array): void;
  /** The peer's direction is complete. `trailers` is `name, value…`, empty where there are none. */
  onEnd(trailers: readonly string[]): void;
  /** The stream is over before its time: the peer's RESET, or the tunnel is gone (`TUNNEL_CLOSED`, …). */
  onReset(code: WireErrorCode, message: string): void;
  /** A `write` that had returned false has been sent; more is welcome. */
  onWritable(): void;
}

/** One request and its response on a tunnel, both directions of bytes under credit. */
export interface MuxStream {
  readonly id: number;
  /** Sends a header block. The last one that isn't informational opens the sender's data. */
  writeHead(block: Uint8Array, options: { isInformational: boolean; endStream: boolean }): void;
  /** Says that the request is being written to the backend (connector only); grants the rest of the request's window. */
  taken(): void;
  /**
   * Sends payload as credit allows. The mux keeps the chunk until then: the caller must not change it.
   * @returns false when it had to be queued: wait for `onWritable` before the next.
   */
  write(chunk: Uint8Array): boolean;
  /**
   * As `write`, with the chunk's memory, which is freed once the network has the octets (`releaseOctets`): neither the caller
   * nor anyone else may look at it again.
   */
  give(chunk: Uint8Array): boolean;
  /** Ends the sender's direction, after all that was written. */
  end(trailers?: readonly string[]): void;
  /** Ends both directions at once and drops what is queued. The handler isn't called any more. Harmless when already over. */
  reset(code: WireErrorCode, message: string): void;
  /** Gives back credit for `bytes` of what `onData` delivered, now that they went on. */
  consumed(bytes: number): void;
}
