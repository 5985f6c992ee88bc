import type { IncomingMessage, ServerResponse } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse, constants } from 'node:http2';

/** A user's request as node:http or the compatible side of node:http2 gives it. */
export type UserRequest = IncomingMessage | Http2ServerRequest;
/** The response to it. */
export type UserResponse = ServerResponse | Http2ServerResponse;

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
