import type { IncomingMessage } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse, constants } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { Application } from '../../src-shared/publishing/application.ts';
import type { Branding } from '../portal/branding.ts';
import { renderErrorPage, renderProblem } from '../portal/error-page.ts';
import type { RequestMeter, RunningUpgrade } from '../relay/relay-types.ts';
import { type UserRequest, type UserResponse, hasBody, isResponseComplete } from '../relay/user-http.ts';
import type { FinishedRequest } from '../traffic/finished-request.ts';
import type { ApplicationTraffic } from './application-traffic.ts';
import { bearerChallenge } from './bearer-access.ts';
import { ACTIVITY_ID_HEADER } from './activity.ts';
import { type Answer, answerPage, sendAnswer, sendAnswerOnSocket } from './answer.ts';
import { wantsHtml } from './client-kind.ts';
import { EXPOSED_HEADERS } from './cors.ts';
import { isPongAlone } from './pong.ts';
import { StepUpError } from './step-up-error.ts';
import { SwitchedRequest } from './switched-request.ts';

/** Seconds after which trying again makes sense, by the status of the answer. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 1, 502: 5, 503: 30, 504: 5 };
/** A body of this size is read and dropped after an early answer, so that the connection lives on; a longer one ends it. */
const MAX_DROPPED_BODY_BYTES = 64 * 1024;

const NOTHING: readonly string[] = [];

const SWITCHING_PROTOCOLS = 101;

/** The bare socket of a request to switch protocols. */
export interface UpgradeOutput {
  readonly socket: Duplex;
  /** What the relay needs to ask for it; null once the protocol has switched. */
  readonly offer: { readonly request: IncomingMessage; readonly bufferedBytes: Buffer } | null;
}

/** What the access log tells of a request. */
export interface ExchangeRecord {
  userId: string | null;
  userName: string | null;
  errorCode: ErrorCode | null;
  /** What went wrong, in words for the operator. */
  errorCause: string | null;
  /** The conditional access policy that settled it, where one did. */
  policy: string | null;
  /** Policies that only report and would not have let it pass. */
  reportedPolicies: readonly string[];
}

export interface ErrorContext {
  readonly userName?: string | undefined;
  readonly signInPath?: string | undefined;
  /** Whether nothing more is read of the connection; over HTTP/2 each stream stands for itself. */
  readonly endsConnection?: boolean;
}

/** One request at the edge, and the ways to answer it: through a response, or on the bare socket of an upgrade. */
export class EdgeExchange implements RequestMeter, FinishedRequest {
  /** Of one that was switched to another protocol what the log tells alone. */
  request: UserRequest;
  readonly activityId: string;
  readonly startedAtMs: number;
  readonly record: ExchangeRecord = {
    userId: null,
    userName: null,
    errorCode: null,
    errorCause: null,
    policy: null,
    reportedPolicies: NOTHING,
  };
  output: { readonly response: UserResponse } | UpgradeOutput;
  /** The one that it is for, once that is known. */
  application: Application | null = null;
  connectorId: string | null = null;
  firstByteMs = -1;
  requestBytes = 0;
  responseBytes = 0;
  /** Address of the user's client; empty until it was asked for. */
  clientAddress = '';
  /** What CORS rules add to the response; null where no rule is for it (B20). */
  corsHeaders: readonly string[] | null = null;
  /** What the application is asked now, this request included; null until it was let through. */
  traffic: ApplicationTraffic | null = null;
  /** Whether `Authorization` held a token for us, which is nothing to the backend (B18). */
  isAuthorizationWithheld = false;
  /** What the relay has switched to another protocol, or is to; null until it was asked to. */
  upgrade: RunningUpgrade | null = null;
  /** Its place among what is under way; -1 where it isn't. */
  runningIndex = -1;
  /** Headers that every answer on this host carries: `name, value…`. */
  hostHeaders: readonly string[] = NOTHING;
  /** How often the user has sent something since the protocol was switched. */
  userPieces = 0;
  readonly #brand: Branding;
  readonly #startedTickMs = performance.now();
  #status: number | null = null;

  constructor(
    request: UserRequest,
    output: EdgeExchange['output'],
    activityId: string,
    startedAtMs: number,
    brand: Branding,
  ) {
    this.request = request;
    this.output = output;
    this.activityId = activityId;
    this.startedAtMs = startedAtMs;
    this.#brand = brand;
  }

  /** Status that was sent; null where none was. */
  get status(): number | null {
    if ('response' in this.output) return this.output.response.headersSent ? this.output.response.statusCode : null;
    return this.#status;
  }

  get isUpgrade(): boolean {
    return 'socket' in this.output;
  }

  /** Whether the answer went out whole; of an upgrade nobody can tell. */
  get isComplete(): boolean {
    return 'response' in this.output ? isResponseComplete(this.output.response) : true;
  }

  onAnswered(status: number, connectorId: string): void {
    this.#status = status;
    this.connectorId = connectorId;
    this.firstByteMs = performance.now() - this.#startedTickMs;
    // A WebSocket may be open for days, with thousands of others.
    if (status === SWITCHING_PROTOCOLS && 'socket' in this.output) {
      this.request = new SwitchedRequest(this.request);
      this.output = { socket: this.output.socket, offer: null };
    }
  }

  /** Whether nobody waits for an answer any more. */
  get isGone(): boolean {
    const { request } = this;
    return request instanceof Http2ServerRequest ? request.stream.destroyed : request.socket.destroyed;
  }

  answer(answer: Answer, endsConnection = false): void {
    const { output } = this;
    const withId = {
      ...answer,
      headers: [...answer.headers, ...this.hostHeaders, ACTIVITY_ID_HEADER, this.activityId],
    };
    if (this.corsHeaders !== null) {
      withId.headers.push(...this.corsHeaders, 'Access-Control-Expose-Headers', EXPOSED_HEADERS);
    }
    if (this.request.method === 'HEAD' && 'socket' in output) withId.body = '';
    this.#status = answer.status;
    if ('response' in output) sendAnswer(output.response, withId, endsConnection || this.#hasLongBody());
    else sendAnswerOnSocket(output.socket, withId);
  }

  /** Takes note of what came from the user after a switch of protocols; what a browser answers by itself is no use of anything. */
  onUserPiece(piece: Uint8Array): void {
    if (!isPongAlone(piece)) this.userPieces++;
  }

  /** Takes note of an error for the access log. */
  note(error: PosternError): void {
    const { cause, code, message } = error;
    this.record.errorCode = code;
    this.record.errorCause = cause instanceof Error ? `${message} (${cause.message})` : message;
  }

  /** Answers with an error: a page for people, a problem document for programs (B45). */
  fail(error: PosternError, context: ErrorContext = {}): void {
    const { status } = error.definition;
    this.note(error);
    const facts = { activityId: this.activityId, atMs: this.startedAtMs, brand: this.#brand };
    const input = { ...context, ...facts, error, ...(error instanceof StepUpError && { members: error.parameters }) };
    const page = wantsHtml(this.request) ? renderErrorPage(input) : renderProblem(input);
    const extra = ['Vary', 'Accept'];
    const retryAfter = error.definition.retry ? RETRY_AFTER_SECONDS[status] : undefined;
    if (retryAfter !== undefined) extra.push('Retry-After', String(retryAfter));
    const challenge = bearerChallenge(error);
    if (challenge !== null) extra.push('WWW-Authenticate', challenge);
    this.answer(answerPage(status, page, extra), context.endsConnection);
  }

  /** Ends what was let through, in a way that nobody takes for a whole answer. */
  cut(error: PosternError): void {
    const { output } = this;
    this.note(error);
    if (this.upgrade !== null) this.upgrade.cut(error);
    else if ('socket' in output) output.socket.destroy();
    else if (output.response instanceof Http2ServerResponse) {
      output.response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    } else output.response.destroy();
  }

  #hasLongBody(): boolean {
    const { request } = this;
    if (request.complete) return false;
    const { headers } = request;
    const isLengthOpen = headers['transfer-encoding'] !== undefined || headers['content-length'] === undefined;
    if (isLengthOpen || headers.expect !== undefined) return hasBody(request);
    return Number(headers['content-length'] ?? 0) > MAX_DROPPED_BODY_BYTES;
  }
}
