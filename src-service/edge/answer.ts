import { Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Page } from '../portal/page.ts';
import { statusText } from '../portal/error-page.ts';
import { endLingering, lingerAfterAnswer } from './linger.ts';
import { makeResponseWriter } from '../relay/make-response-writer.ts';
import { type UserResponse, isPlainResponse } from '../relay/user-http.ts';

/** A whole response of the service's own, small enough to be in memory. */
export interface Answer {
  readonly status: number;
  /** `name, value, name, value…`; Content-Length is added. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
}

export function answerPage(status: number, page: Page, extraHeaders: readonly string[] = []): Answer {
  return { status, headers: [...page.headers, ...extraHeaders], body: page.body };
}

/** A redirect that no cache keeps and that tells no referrer. 302, so that the method becomes GET. */
export function answerRedirect(location: string, extraHeaders: readonly string[] = []): Answer {
  return {
    status: 302,
    headers: ['Location', location, 'Cache-Control', 'no-store', 'Referrer-Policy', 'no-referrer', ...extraHeaders],
    body: '',
  };
}

/**
 * Sends an answer. Harmless when the response has begun already or its client is gone.
 * @param isRequestCut nobody reads the rest of the request: ends the connection, or over HTTP/2 the stream
 */
export function sendAnswer(response: UserResponse, answer: Answer, isRequestCut: boolean): void {
  const writer = makeResponseWriter(response);
  if (writer.isBegun || writer.isGone) return;
  const headers = [...answer.headers];
  // A length of nothing would be that of what the client has (RFC 9110 section 8.6).
  if (answer.status !== 304) headers.push('Content-Length', String(Buffer.byteLength(answer.body)));
  if (response instanceof Http2ServerResponse || isPlainResponse(response)) {
    if (isRequestCut && isPlainResponse(response)) {
      response.endConnection();
      lingerAfterAnswer(response.socket);
    }
    writer.writeHead(answer.status, headers);
    const isHead = response instanceof Http2ServerResponse && response.req.method === 'HEAD';
    if (answer.body.length > 0 && !isHead) writer.write(Buffer.from(answer.body));
    writer.end([], isRequestCut);
    return;
  }
  if (isRequestCut) {
    headers.push('Connection', 'close');
    if (response.socket !== null) lingerAfterAnswer(response.socket);
  }
  response.writeHead(answer.status, statusText(answer.status), headers);
  response.end(answer.body);
}

/** Sends an answer on the bare socket of an upgrade request or of a request that couldn't be parsed, and closes it. */
export function sendAnswerOnSocket(socket: Duplex, answer: Answer): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  let head = `HTTP/1.1 ${answer.status} ${statusText(answer.status)}\r\n`;
  for (let index = 0; index < answer.headers.length; index += 2) {
    head += `${answer.headers[index]}: ${answer.headers[index + 1]}\r\n`;
  }
  head += `Content-Length: ${Buffer.byteLength(answer.body)}\r\nConnection: close\r\nDate: ${new Date().toUTCString()}\r\n\r\n`;
  socket.on('error', () => socket.destroy());
  socket.write(head);
  socket.write(answer.body);
  endLingering(socket);
}
