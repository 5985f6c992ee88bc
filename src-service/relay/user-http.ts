import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse, constants } from 'node:http2';
import type { Socket } from 'node:net';
import type { ResponseWriter } from './response-writer.ts';

/**
 * What the service asks of a user's request, whichever way it came: read by node:http, by the compatible side of node:http2, or by
 * the service itself (`PlainRequest`).
 */
export interface UserRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  /** By name in lower case, as node:http gives them. */
  readonly headers: IncomingHttpHeaders;
  /** `name, value, name, value…` as they were sent. */
  readonly rawHeaders: string[];
  readonly rawTrailers: string[];
  readonly socket: Socket;
  /** Whether all of it has come. */
  readonly complete: boolean;
  /** Whether there is nothing more of the body to read. */
  readonly readableEnded: boolean;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  [Symbol.asyncIterator](): AsyncIterator<Buffer>;
}

/** The response to a request that the service read itself. */
export interface PlainResponse extends ResponseWriter {
  readonly isPlain: true;
  readonly headersSent: boolean;
  readonly statusCode: number;
  /** Whether all of it was handed to the system. */
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  /** Ends the connection with it, before its head is written. */
  endConnection(): void;
  /** Cuts it off, with its connection. */
  destroy(error?: Error): void;
  readonly socket: Socket;
  on(event: 'close' | 'drain', listener: () => void): unknown;
}

/** The response to a user's request. */
export type UserResponse = ServerResponse | Http2ServerResponse | PlainResponse;

export function isPlainResponse(response: UserResponse): response is PlainResponse {
  return 'isPlain' in response;
}

/** Whether a body follows the head: over HTTP/1.1 its framing says so, over HTTP/2 the lack of END_STREAM. */
export function hasBody(request: UserRequest): boolean {
  if (request instanceof Http2ServerRequest) return !request.stream.endAfterHeaders;
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether a response went out whole. A reset finishes the writable side of an HTTP/2 stream as well, so its code is asked. */
export function isResponseComplete(response: UserResponse): boolean {
  if (!response.writableFinished) return false;
  return !(response instanceof Http2ServerResponse) || response.stream.rstCode === constants.NGHTTP2_NO_ERROR;
}
