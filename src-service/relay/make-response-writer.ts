import { Http2ServerResponse } from 'node:http2';
import { Http1ResponseWriter } from './http1-response-writer.ts';
import { Http2ResponseWriter } from './http2-response-writer.ts';
import type { ResponseWriter } from './response-writer.ts';
import { type UserResponse, isPlainResponse } from './user-http.ts';

/** What writes to a user, by the way that they came. */
export function makeResponseWriter(response: UserResponse): ResponseWriter {
  if (isPlainResponse(response)) return response;
  return response instanceof Http2ServerResponse
    ? new Http2ResponseWriter(response)
    : new Http1ResponseWriter(response);
}
