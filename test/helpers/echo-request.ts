import { IncomingMessage } from 'node:http';
import { makeResponseWriter } from '../../src-service/relay/make-response-writer.ts';
import type { UserRequest, UserResponse } from '../../src-service/relay/user-http.ts';

export const DATE = ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'];

/** A request as its handler had it. */
export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  readonly isOwn: boolean;
}

/** Answers without a look at the body. */
export function refuseRequest(response: UserResponse): void {
  const writer = makeResponseWriter(response);
  writer.writeHead(403, [...DATE, 'Content-Length', '0']);
  writer.end([], true);
}

/** Reads a request, tells what it was, and keeps that. */
export async function echoRequest(seen: SeenRequest[], request: UserRequest, response: UserResponse): Promise<void> {
  const { method, url, rawHeaders } = request;
  const isOwn = !(request instanceof IncomingMessage);
  const chunks: Buffer[] = [];
  try {
    if (!request.readableEnded) for await (const chunk of request) chunks.push(chunk);
  } catch {
    return;
  }
  const body = Buffer.concat(chunks).toString('latin1');
  seen.push({ method, url, rawHeaders, body, trailers: request.rawTrailers, isOwn });
  const writer = makeResponseWriter(response);
  const said = Buffer.from(`${method} ${url} ${body.length} ${body.slice(0, 20)}`, 'latin1');
  writer.writeHead(200, url === '/chunks' ? DATE : [...DATE, 'Content-Length', String(said.length)]);
  writer.write(said);
  writer.end([], false);
}
