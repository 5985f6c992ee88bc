import type { Dial } from './dial.ts';

/** A request for a backend, ready to be written. */
export interface BackendRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** `name, value…`. */
  readonly headers: string[];
  /** All of it, what `makeBody` made where it follows, null where there is none. */
  readonly body: Buffer | BackendBody | null;
  /** How long the backend may be silent before it answers. */
  readonly headersTimeoutMs: number;
  /** Whether no other request may come behind it on its connection; null: as its method has it. */
  readonly endsConnection: boolean | null;
}

/** A request body that follows piece by piece. */
export interface BackendBody {
  /** The next piece, null for the end. */
  push(chunk: Uint8Array | null): unknown;
  destroy(): unknown;
  /** Octets that no connection took yet. */
  readonly unsentBytes: number;
}

/** What can be done to a request on its way. */
export interface BackendController {
  /** Flat, of the head that was told last; as strings or octets. */
  readonly rawHeaders?: unknown;
  readonly rawTrailers?: unknown;
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

/** What hears of a request and its response. `onResponseEnd` or `onResponseError` comes last, and once. */
export interface BackendListener {
  /** A connection takes the request. */
  onRequestStart(controller: BackendController): void;
  onBodySent(chunk: Uint8Array): void;
  /** A response head; below 200 it is informational, and another one follows. */
  onResponseStart(controller: BackendController, status: number): void;
  /** The chunk is the listener's to keep. */
  onResponseData(controller: BackendController, chunk: Buffer): void;
  onResponseEnd(controller: BackendController): void;
  onResponseError(controller: BackendController | null, error: Error): void;
}

/** What sends requests to one backend by HTTP/1.1. */
export interface BackendClient {
  /**
   * @returns false when the request has to wait until a connection is free. Where as many as may wait already, it fails with
   * `BACKEND_BUSY`.
   */
  dispatch(request: BackendRequest, listener: BackendListener): boolean;
  /** Takes a request that waits out of the line; its listener hears nothing any more. What has begun is its controller's to end. */
  abandon(listener: BackendListener): void;
  makeBody(): BackendBody;
  /** During `onRequestStart`: how the connection was opened that takes the request; null where it has taken others before. */
  takeDial(): Dial | null;
  /** Ends the connections once nothing runs on them. */
  close(): Promise<void>;
  /** Ends all at once. */
  destroy(): Promise<void>;
}
