import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { loopbackLookup } from './this-machine.ts';

/** What a user's client saw of a response over HTTP/1.1. */
export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface HttpsQuestion {
  readonly method?: string;
  /** Flat, in their order and number; `Host` is added. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Asks over HTTP/1.1 on a connection of its own and reads the whole answer. */
export async function askHttps(url: string, ca: string, question: HttpsQuestion = {}): Promise<HttpsAnswer> {
  const { method = 'GET', headers = [], body } = question;
  const request = httpsRequest(url, {
    method,
    ca,
    agent: false,
    lookup: loopbackLookup,
    headers: ['Host', new URL(url).host, ...headers],
  });
  request.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  const { statusCode, rawHeaders } = response;
  return { status: statusCode ?? 0, headers: response.headers, rawHeaders, body: await text(response) };
}
