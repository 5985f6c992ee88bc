import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import type { PublishedUrls } from '../../src-shared/publishing/published-addresses.ts';
import { isWildcardHost } from '../../src-shared/publishing/urls.ts';
import { isCanaryHead } from '../../src-shared/wire/canary.ts';
import { authenticatesConnection } from '../../src-shared/wire/connection-authentication.ts';
import { GatheredOctets } from '../../src-shared/wire/gathered-octets.ts';
import { decodeRequestHead, type RequestHead } from '../../src-shared/wire/head.ts';
import { describeBackendError } from './backend-errors.ts';
import type { BackendDialer } from './backend-dialer.ts';
import { type BackendPoolLimits, BackendPools } from './backend-pools.ts';
import { type BackendAddress, BackendRoute, type RouteSource } from './backend-route.ts';
import { BackendTrust } from './backend-trust.ts';
import type { BodyCapture } from './capture/body-capture.ts';
import type { CapturedExchange } from './capture/captured-exchange.ts';
import { CanaryAnswer } from './canary-answer.ts';
import { DirectExchange } from './direct-exchange.ts';
import type { Exchange, ExchangeOwner } from './exchange.ts';
import type { ExchangeContext } from './exchange-context.ts';
import { Http2Exchange, type RepeatReason } from './http2-exchange.ts';
import { Http2Sessions, type Negotiated } from './http2-sessions.ts';
import { NegotiatedExchange } from './negotiated-exchange.ts';
import { PinnedConnections } from './pinned-connections.ts';
import { PooledExchange } from './pooled-exchange.ts';
import type { TrafficRecorder } from './traffic-recorder.ts';
import { UrlMap } from './translation/url-map.ts';
import { UnknownApplications } from './unknown-applications.ts';
import { WildcardRoute } from './wildcard-route.ts';

/** An application of the configuration in force. */
interface RouteEntry {
  readonly application: ConnectorApplication;
  /** Null for a wildcard, whose connections have bounds of their own. */
  readonly backend: BackendAddress | null;
  /** Made at the first request. */
  source: RouteSource | null;
}

/** Sends the requests that arrive on streams to the backends of their applications. */
export class Forwarder {
  readonly #limits: BackendPoolLimits;
  readonly #recorder: TrafficRecorder;
  readonly #dialer: BackendDialer;
  readonly #pools: BackendPools;
  readonly #sessions: Http2Sessions;
  readonly #pinned: PinnedConnections;
  readonly #trust = new BackendTrust();
  readonly #onFinished: () => void;
  /** Null unless somebody looks at bodies, which is all that a request then costs. */
  #capture: BodyCapture | null = null;
  #entries: ReadonlyMap<string, RouteEntry> = new Map();
  readonly #unknown = new UnknownApplications();
  #urlMap = new UrlMap([]);

  /**
   * @param dialer opens every connection to a backend
   * @param onFinished is called after each request that is done, however it ended.
   */
  constructor(recorder: TrafficRecorder, limits: BackendPoolLimits, dialer: BackendDialer, onFinished: () => void) {
    this.#recorder = recorder;
    this.#onFinished = onFinished;
    this.#limits = limits;
    this.#dialer = dialer;
    this.#pools = new BackendPools(limits, dialer);
    this.#sessions = new Http2Sessions(limits, dialer);
    this.#pinned = new PinnedConnections(limits, dialer);
  }

  /**
   * Takes the applications of a new configuration. Requests under way keep what they began with.
   * @param otherUrls what is published elsewhere: links to it are translated, requests for it don't come here
   */
  configure(applications: readonly ConnectorApplication[], otherUrls: readonly PublishedUrls[] = []): void {
    // An unchanged application is the same object as before: of ten thousand only those that changed cost anything.
    const isSame = this.#takeAddresses(applications, otherUrls);
    const before = this.#entries;
    const entries = new Map<string, RouteEntry>();
    for (const application of applications) {
      const known = before.get(application.id);
      const isKnown = known?.application === application;
      if (isKnown && isSame) entries.set(application.id, known);
      else entries.set(application.id, isKnown ? { ...known, source: null } : this.#makeEntry(application));
    }
    this.#entries = entries;
    this.#trust.retain(applications);
    const backends: BackendAddress[] = [];
    for (const { backend } of entries.values()) if (backend !== null) backends.push(backend);
    this.#pools.retain(backends);
    this.#sessions.retain(backends);
    this.#unknown.retry((id) => entries.has(id));
  }

  /** @returns whether the addresses are those of before */
  #takeAddresses(applications: readonly ConnectorApplication[], otherUrls: readonly PublishedUrls[]): boolean {
    const addresses = [...applications, ...otherUrls];
    const urlMap = new UrlMap(addresses);
    const isSame = urlMap.hasSameAddresses(this.#urlMap);
    if (!isSame) this.#urlMap = urlMap;
    return isSame;
  }

  /** Captures bodies from now on, or none any more. */
  useCapture(capture: BodyCapture | null): void {
    this.#capture?.end();
    this.#capture = capture;
  }

  #makeEntry(application: ConnectorApplication): RouteEntry {
    const { hostname, origin } = new URL(application.internalUrl);
    const backend = isWildcardHost(hostname) ? null : { application, origin, trustKey: this.#trust.keyOf(application) };
    return { application, backend, source: null };
  }

  /**
   * Takes a stream that the service opened.
   * @param block the encoded request head.
   * @param onCanary is called when the stream was a canary and has been answered.
   * @throws PosternError `TUNNEL_PROTOCOL` when the head is malformed.
   */
  open(stream: MuxStream, block: Uint8Array, onCanary: () => void = () => undefined): StreamHandler {
    if (isCanaryHead(block)) {
      return new CanaryAnswer(stream, () => {
        onCanary();
        this.#onFinished();
      });
    }
    return new ForwardedStream(stream, decodeRequestHead(block), this);
  }

  /** A user's connection is over: those of backends that belong to it end. */
  release(connectionId: string): void {
    this.#pinned.release(connectionId);
  }

  /** Ends all connections to backends. */
  async close(): Promise<void> {
    this.#unknown.retry(() => true);
    this.#sessions.destroy();
    await Promise.all([this.#pools.destroy(), this.#pinned.destroy()]);
  }

  /** Whether a stream is to wait for its application, which is not known yet; then `begin` is called once. */
  mustWait({ applicationId }: RequestHead, begin: () => void): boolean {
    return !this.#entries.has(applicationId) && this.#unknown.wait(applicationId, begin);
  }

  /** Begins the exchange of a stream with what has come of its body so far. */
  begin(stream: MuxStream, owner: ExchangeOwner, head: RequestHead, body: Body): Exchange | null {
    const source = this.#sourceOf(head.applicationId);
    const route = source?.routeOf(head) ?? null;
    const target = route?.target(head) ?? null;
    const entry = this.#recorder.begin({
      activityId: head.activityId,
      applicationId: source?.application.applicationId ?? head.applicationId,
      applicationName: source?.application.displayName ?? '',
      userId: head.userId,
      userName: head.userName,
      method: head.method,
      isUpgrade: head.isUpgrade,
      url: (route?.origin ?? '') + (target ?? head.target),
    });
    let captured: CapturedExchange | null = null;
    try {
      if (source === undefined) throw new PosternError('APPLICATION_UNKNOWN');
      if (route === null || target === null) throw outside(source);
      const headers = route.headers(head);
      const translated = route.translateBody(stream, head, headers);
      const passing = translated?.response ?? stream;
      if (this.#capture !== null && !head.isUpgrade) {
        captured = this.#capture.begin(source.application.applicationId ?? head.applicationId, passing, entry);
      }
      const context: ExchangeContext = {
        stream: captured ?? passing,
        owner,
        head,
        route,
        target,
        headers: translated?.headers ?? headers,
        entry,
        informationalHeads: 0,
        translated: translated?.response ?? null,
        onFinished: captured === null ? this.#onFinished : this.#finisherOf(captured),
      };
      const exchange = this.#beginExchange(context, body);
      captured?.attach(exchange, body.hasTrailers ? null : body.whole);
      translated?.response.attach(captured ?? exchange);
      return translated?.response ?? captured ?? exchange;
    } catch (error) {
      const failure = describeBackendError(error);
      entry.failed(failure.code, failure.cause);
      captured?.finish();
      stream.reset(failure.code, failure.cause);
      return null;
    }
  }

  #finisherOf(captured: CapturedExchange): () => void {
    return () => {
      captured.finish();
      this.#onFinished();
    };
  }

  #sourceOf(applicationId: string): RouteSource | undefined {
    const entry = this.#entries.get(applicationId);
    if (entry === undefined) return undefined;
    const { application, backend } = entry;
    entry.source ??=
      backend === null
        ? new WildcardRoute(application, this.#urlMap, this.#trust)
        : new BackendRoute(application, this.#urlMap, this.#trust);
    return entry.source;
  }

  #beginExchange(context: ExchangeContext, body: Body): Exchange {
    // A switch of protocols is a matter of HTTP/1.1 (RFC 9113 section 8.6).
    if (context.head.isUpgrade) return new DirectExchange(context, this.#limits, this.#dialer);
    if (isOneUsers(context.head)) return this.#beginOneUsers(context, body);
    const known = this.#sessions.peek(context.route);
    if (known !== null) return this.#beginWith(known, context, body, true);
    return this.#negotiate(context, body, true);
  }

  /** A request that says who the user is to a whole connection: nobody else's request ever goes over that one. */
  #beginOneUsers(context: ExchangeContext, body: Body): Exchange {
    const { head, route } = context;
    // Who insists on HTTP/2 has said that each request stands for itself.
    if (route.application.backendHttpVersion === 'http2') return this.#negotiate(context, body, true);
    if (body.hasTrailers) return new DirectExchange(context, this.#limits, this.#dialer);
    const { connectionId } = head;
    if (connectionId === null || connectionId === undefined) {
      return new PooledExchange(context, this.#pools.poolOf(route), body.whole, true);
    }
    return new PooledExchange(context, this.#pinned.clientOf(connectionId, route), body.whole, false);
  }

  #negotiate(context: ExchangeContext, body: Body, mayRepeat: boolean): Exchange {
    const negotiated = this.#sessions.negotiate(context.route);
    return new NegotiatedExchange(context, negotiated, (result) => this.#beginWith(result, context, body, mayRepeat));
  }

  #beginWith(negotiated: Negotiated, context: ExchangeContext, body: Body, mayRepeat: boolean): Exchange {
    if (negotiated === 'http1') {
      if (body.hasTrailers) return new DirectExchange(context, this.#limits, this.#dialer);
      return new PooledExchange(context, this.#pools.poolOf(context.route), body.whole, null);
    }
    const isSpent = body.hasTrailers || body.whole === 'stream';
    const repeat = (why: RepeatReason): Exchange | null => {
      if (why === 'refused') return mayRepeat && !isSpent ? this.#negotiate(context, body, false) : null;
      const mayUseHttp1 = this.#sessions.useHttp1(context.route);
      return mayUseHttp1 && !isSpent ? this.#beginWith('http1', context, body, false) : null;
    };
    return new Http2Exchange(context, negotiated, body.hasTrailers ? 'stream' : body.whole, repeat);
  }
}

/** What is known of a request's body when its exchange begins. */
interface Body {
  /** All of it, null where there is none, `stream` where it is still coming. */
  readonly whole: Buffer | null | 'stream';
  readonly hasTrailers: boolean;
}

/**
 * The listener of one stream. The exchange begins at the end of the tick: a small body that came along with its head is
 * known whole by then, and travels to the backend in one write with no stream object at all.
 */
class ForwardedStream implements StreamHandler, ExchangeOwner {
  readonly #stream: MuxStream;
  /** Null once the exchange has begun, which may outlive all need of it. */
  #head: RequestHead | null;
  readonly #forwarder: Forwarder;
  #exchange: Exchange | null = null;
  /** The first piece of the body, which is all of a small one, and what came behind it. */
  #first: Uint8Array | null = null;
  #behind: GatheredOctets | null = null;
  #trailers: readonly string[] | null = null;
  #isOver = false;

  constructor(stream: MuxStream, head: RequestHead, forwarder: Forwarder) {
    this.#stream = stream;
    this.#head = head;
    this.#forwarder = forwarder;
    queueMicrotask(() => {
      if (!this.#forwarder.mustWait(head, () => this.#begin())) this.#begin();
    });
  }

  onHead(): void {
    throw new PosternError('TUNNEL_PROTOCOL', { message: 'A second request head came on one stream.' });
  }

  onTaken(): void {
    throw new PosternError('TUNNEL_PROTOCOL', { message: 'TAKEN came from the service.' });
  }

  onData(chunk: Uint8Array): void {
    if (this.#exchange !== null) this.#exchange.onData(chunk);
    else if (this.#isOver) this.#stream.consumed(chunk.length);
    else if (this.#first === null) this.#first = chunk;
    else (this.#behind ??= new GatheredOctets()).add(chunk);
  }

  onEnd(trailers: readonly string[]): void {
    this.#trailers = trailers;
    this.#exchange?.onEnd(trailers);
  }

  onReset(code: WireErrorCode, message: string): void {
    this.#isOver = true;
    this.#exchange?.onReset(code, message);
  }

  onWritable(): void {
    this.#exchange?.onWritable();
  }

  handTo(exchange: Exchange): void {
    this.#exchange = exchange;
  }

  #begin(): void {
    const head = this.#head;
    if (this.#isOver || head === null) return;
    const early = this.#first === null ? [] : [this.#first, ...(this.#behind?.parts() ?? [])];
    this.#first = null;
    this.#behind = null;
    this.#head = null;
    const hasTrailers = this.#trailers === null ? announcesTrailers(head.headers) : this.#trailers.length > 0;
    const whole = this.#trailers === null ? 'stream' : asBuffer(early);
    this.#exchange = this.#forwarder.begin(this.#stream, this, head, { whole, hasTrailers });
    if (this.#exchange === null) {
      this.#isOver = true;
    } else if (whole === 'stream' || hasTrailers || head.isUpgrade) {
      for (const chunk of early) this.#exchange.onData(chunk);
      if (this.#trailers !== null) this.#exchange.onEnd(this.#trailers);
    }
  }
}

function outside({ application }: RouteSource): PosternError {
  return new PosternError('APPLICATION_UNKNOWN', {
    message: `The address is outside ${application.externalUrl}, which is all that is published.`,
  });
}

/** Whether a request belongs to one user's connection, or brings what would make a backend tie its connection to a user. */
function isOneUsers({ connectionId, headers }: RequestHead): boolean {
  if (connectionId !== null && connectionId !== undefined) return true;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length === 13 && name.toLowerCase() === 'authorization') {
      return authenticatesConnection(headers[index + 1] as string);
    }
  }
  return false;
}

function announcesTrailers(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name?.length === 7 && name.toLowerCase() === 'trailer') return true;
  }
  return false;
}

/** The chunks of one tick in one piece; at most what may ride along with a head. */
function asBuffer(chunks: readonly Uint8Array[]): Buffer | null {
  const [only] = chunks;
  if (only === undefined) return null;
  if (chunks.length === 1) return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
  return Buffer.concat(chunks);
}
