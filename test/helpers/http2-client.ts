import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { loopbackLookup } from './this-machine.ts';

/** What a user's client saw of a response over HTTP/2. */
export interface Http2Answer {
  readonly status: number;
  /** Flat, pseudo-fields included, as they came. */
  readonly rawHeaders: readonly string[];
  readonly informational: readonly (readonly string[])[];
  readonly body: Buffer;
  /** Flat. */
  readonly trailers: readonly string[];
  /** Whether the response ended with its head. */
  readonly isHeadOnly: boolean;
}

const END_STREAM = 1;
/** Above the limits of the service, which a client must be able to meet. */
const MAX_SENT_HEADER_BYTES = 1_048_576;

/** Connects as a user's client would that speaks HTTP/2 only. */
export async function connectHttp2(url: string, ca: string): Promise<ClientHttp2Session> {
  const session = connect(new URL(url).origin, {
    ca,
    lookup: loopbackLookup,
    maxSendHeaderBlockLength: MAX_SENT_HEADER_BYTES,
    settings: { maxHeaderListSize: MAX_SENT_HEADER_BYTES },
  });
  session.on('error', () => undefined);
  await once(session, 'connect');
  return session;
}

/** Asks and reads the whole answer. @throws when the stream is reset */
export async function askHttp2(
  session: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  body?: Buffer | readonly Buffer[],
  trailers?: Record<string, string>,
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream: body === undefined, waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  if (body !== undefined) {
    for (const chunk of Array.isArray(body) ? (body as Buffer[]) : [body as Buffer]) stream.write(chunk);
    stream.end();
  }
  return readAnswer(stream);
}

/** Reads the whole answer of a stream. @throws when the stream is reset */
export async function readAnswer(stream: ClientHttp2Stream): Promise<Http2Answer> {
  const informational: string[][] = [];
  let rawHeaders: string[] = [];
  let trailers: string[] = [];
  let isHeadOnly = false;
  const chunks: Buffer[] = [];
  stream.on('headers', (_headers, _flags, raw) => informational.push(raw));
  stream.on('response', (_headers, flags, raw) => {
    rawHeaders = raw;
    isHeadOnly = (flags & END_STREAM) !== 0;
  });
  stream.on('trailers', (_headers, _flags, raw) => {
    trailers = raw;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('close', () => {
      if (stream.rstCode === 0) resolve();
      else reject(new Error(`The stream was reset: ${stream.rstCode}`));
    });
  });
  return {
    status: Number(rawHeaders[1]),
    rawHeaders,
    informational,
    body: Buffer.concat(chunks),
    trailers,
    isHeadOnly,
  };
}
