import type { WireErrorCode } from '../../src-shared/errors/registry.ts';

/** What the forwarder tells an exchange of the user's side. */
export interface Exchange {
  /** More of the request's body; its credit is given back once the backend has taken it. */
  onData(chunk: Uint8Array): void;
  onEnd(trailers: readonly string[]): void;
  /** The backend's response may flow again. */
  onWritable(): void;
  /** The user or the tunnel is gone: the backend's request ends at once. */
  onReset(code: WireErrorCode, message: string): void;
}

/** What hears of a stream, and tells the exchange. */
export interface ExchangeOwner {
  /** From now on another exchange is told. */
  handTo(exchange: Exchange): void;
}
