import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { encodeResponseHead, type RequestHead } from '../../src-shared/wire/head.ts';
import { describeBackendError } from './backend-errors.ts';
import type { BackendRoute } from './backend-route.ts';
import type { TrafficEntry } from './traffic-recorder.ts';
import { translateResponseHeaders } from './translation/response-headers.ts';

/** One request on its way, as both kinds of exchange see it. */
export interface ExchangeContext {
  readonly stream: MuxStream;
  readonly head: RequestHead;
  readonly route: BackendRoute;
  /** Path and query for the backend. */
  readonly target: string;
  /** Flat headers for the backend. */
  readonly headers: string[];
  readonly entry: TrafficEntry;
  /** Called once, when nothing of the exchange is left to do. */
  readonly onFinished: () => void;
}

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

/** Sends a response head to the user, translated. 101 is final; the other 1xx are informational. */
export function sendResponseHead(
  context: ExchangeContext,
  status: number,
  headers: readonly (string | Buffer)[],
  endStream: boolean,
): void {
  const isInformational = status < 200 && status !== 101;
  const translated = translateResponseHeaders(headers, context.route.responseTranslation, status === 101);
  context.stream.writeHead(encodeResponseHead({ status, headers: translated }), { isInformational, endStream });
  if (!isInformational) context.entry.answered(status);
}

/** Ends the stream with what went wrong at the backend, and writes it into the log of traffic. */
export function failExchange(context: ExchangeContext, error: unknown): void {
  const failure = describeBackendError(error);
  context.entry.failed(failure.code, failure.cause);
  context.stream.reset(failure.code, `${context.route.origin}: ${failure.cause}`);
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
