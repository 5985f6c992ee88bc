import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { MAX_FIELDS } from '../../src-shared/wire/fields.ts';
import { fitsOneFrame } from '../../src-shared/wire/fits-one-frame.ts';
import { MAX_INFORMATIONAL_HEADS, MAX_PAYLOAD_BYTES } from '../../src-shared/wire/frame.ts';
import { safeTrailers } from '../../src-shared/wire/trailers.ts';
import { encodeResponseHead, type RequestHead } from '../../src-shared/wire/head.ts';
import { describeBackendError } from './backend-errors.ts';
import type { BackendRoute, RoutePlace } from './backend-route.ts';
import { dialOf } from './dial.ts';
import type { ExchangeOwner } from './exchange.ts';
import type { TrafficEntry } from './traffic-recorder.ts';
import type { TranslatedResponse } from './translated-response.ts';
import { translateResponseHeaders } from './translation/response-headers.ts';

/** RFC 9110 section 15. */
const LEAST_STATUS = 100;
const CONTINUE = 100;

/** One request on its way, as both kinds of exchange see it. */
export interface ExchangeContext {
  readonly stream: MuxStream;
  readonly owner: ExchangeOwner;
  readonly head: RequestHead;
  readonly route: BackendRoute;
  /** Path and query for the backend. */
  readonly target: string;
  /** Flat headers for the backend. */
  readonly headers: string[];
  readonly entry: TrafficEntry;
  /** 1xx heads that the backend has sent so far. */
  informationalHeads: number;
  /** What `stream` is where the application's bodies are translated; null where they pass as they are. */
  readonly translated: TranslatedResponse | null;
  /** Called once, when nothing of the exchange is left to do. */
  readonly onFinished: () => void;
}

/**
 * Sends a response head to the user, translated. 101 is final; the other 1xx are informational, and 100, which no request asks a
 * backend for, is counted and goes no further.
 * @throws PosternError `BACKEND_PROTOCOL` when it is too large for the tunnel, one of too many, or its status is none (parsers
 *   let `099` pass): it must not end the tunnel for all others.
 */
export function sendResponseHead(
  context: ExchangeContext,
  status: number,
  headers: readonly (string | Buffer)[],
  endStream: boolean,
): void {
  if (status < LEAST_STATUS) {
    throw new PosternError('BACKEND_PROTOCOL', { message: `The status ${status} is not one of HTTP.` });
  }
  const isInformational = status < 200 && status !== 101;
  if (isInformational && ++context.informationalHeads > MAX_INFORMATIONAL_HEADS) {
    throw new PosternError('BACKEND_PROTOCOL', { message: `It sent more than ${MAX_INFORMATIONAL_HEADS} 1xx heads.` });
  }
  if (status === CONTINUE) return;
  const headersForUser = translateResponseHeaders(headers, context.route.responseTranslation, status === 101);
  if (!fitsOneFrame(headersForUser)) {
    throw new PosternError('BACKEND_PROTOCOL', {
      message: `The head of the response has more than ${MAX_FIELDS} headers or ${MAX_PAYLOAD_BYTES} bytes.`,
    });
  }
  const changed = isInformational ? null : (context.translated?.begin(status, headersForUser) ?? null);
  context.stream.writeHead(encodeResponseHead({ status, headers: changed ?? headersForUser }), {
    isInformational,
    endStream,
  });
  if (isInformational) return;
  context.entry.answered(status);
  context.entry.keepHeads(context.headers, changed ?? headersForUser);
}

/**
 * Ends the response. Trailers that are too large for the tunnel are left out, as any recipient may (RFC 9110, section 6.5.1).
 * @param onEnded is called when all of it has gone to the tunnel: at once, unless a compressed body is being translated.
 */
export function endResponse(context: ExchangeContext, trailers: readonly string[], onEnded: () => void): void {
  context.stream.end(trailers.length > 0 && fitsOneFrame(trailers) ? safeTrailers(trailers) : []);
  if (context.translated === null) onEnded();
  else context.translated.whenEnded(onEnded);
}

/** Ends the stream with what went wrong at the backend, and writes it into the log of traffic. */
export function failExchange(context: ExchangeContext, error: unknown): void {
  const { entry, route, stream, headers } = context;
  if (!entry.isAnswered) entry.keepHeads(headers, null);
  failStream(stream, entry, route.place, error);
}

/** The same of one whose headers are known already, or gone. */
export function failStream(stream: MuxStream, entry: TrafficEntry, place: RoutePlace, error: unknown): void {
  const { hostname, port, isSecure, origin } = place;
  const { code, cause } = describeBackendError(error, { hostname, port, isSecure, isSent: entry.isSent });
  const dial = entry.isSent ? null : dialOf(error);
  if (dial !== null) entry.notConnected(dial);
  entry.failed(code, cause);
  stream.reset(code, `${origin}: ${cause}`);
}

/** The error of a backend that was silent for too long (B42). */
export function silenceOf({ route }: ExchangeContext): PosternError {
  const seconds = route.headersTimeoutMs / 1000;
  const message = `${route.hostname} took the request and did not begin to answer within ${seconds} s, which is what the application allows.`;
  return new PosternError('BACKEND_TIMEOUT', { message });
}

/** Writes into the log of traffic that the user or the tunnel went away. */
export function recordReset(entry: TrafficEntry, code: WireErrorCode, message: string): void {
  if (code === 'STREAM_CANCELLED') entry.cancelled();
  else entry.failed(code, message);
}

/** Whether a response has no body whatever its headers say (RFC 9112, section 6.3). */
export function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}
