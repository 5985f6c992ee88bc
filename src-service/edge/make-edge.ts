import type { IncomingMessage } from 'node:http';
import { Http2ServerRequest } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { PosternError, asPosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { TUNNEL_PATH } from '../../src-shared/wire/frame.ts';
import type { CertificateShelf } from '../certificates/certificate-shelf.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import { BACK_CHANNEL_LOGOUT_PATH } from '../identity/back-channel-logout.ts';
import type { Identity } from '../identity/make-identity.ts';
import { SignInFailure } from '../identity/sign-in-failure.ts';
import { SIGN_OUT_PATH } from '../identity/sign-out.ts';
import type { ApplicationLogos } from '../portal/application-logos.ts';
import type { Branding } from '../portal/branding.ts';
import { renderErrorPage, renderProblem } from '../portal/error-page.ts';
import type { Relay } from '../relay/relay.ts';
import { type PlainResponse, type UserRequest, type UserResponse, isPlainResponse } from '../relay/user-http.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { AccessLog, type InfoLines } from './access-log.ts';
import { type GateDecision, type GateSurroundings, decideAccess } from './access-gate.ts';
import { ACTIVITY_ID_HEADER, makeActivityId } from './activity.ts';
import { type Answer, answerPage, answerRedirect, sendAnswerOnSocket } from './answer.ts';
import type { ApplicationCatalog } from './application-catalog.ts';
import type { PublishedApplication } from './published-application.ts';
import { TrafficLimits } from './application-traffic.ts';
import { type ClientAddress, TrustedProxies } from './client-address.ts';
import { isRepeatable } from './client-kind.ts';
import { ClientRates } from './client-rates.ts';
import { isReported } from './conditional-access/judge-access.ts';
import { decideCors } from './cors.ts';
import type { EdgeHandler } from './edge-listener.ts';
import { EdgeExchange } from './edge-exchange.ts';
import { isWithinHeaderLimits } from './header-limits.ts';
import { isFolderName } from './host-applications.ts';
import { type RequestHost, parseHostHeader } from './host-header.ts';
import { Misdirection } from './misdirection.ts';
import { OwnPaths, isApiPath, isOwnPath } from './own-paths.ts';
import { makeOwnRequest } from './own-request.ts';
import { PortalSite } from './portal-site.ts';
import { findFramingProblem } from './request-framing.ts';
import { RequestForwarder, noteUser } from './request-forwarder.ts';
import { type RequestTarget, parseRequestTarget } from './request-target.ts';
import { signInPath } from './return-target.ts';
import { ROBOTS_ANSWER, isRobotsExcluded } from './robots.ts';
import { RunningExchanges } from './running-exchanges.ts';
import { SignInRates, isSignInStep } from './sign-in-rates.ts';
import { BackendSignOn } from './sign-on/backend-sign-on.ts';
import { StepUpError } from './step-up-error.ts';
import { ownStrictTransportSecurity, strictTransportSecurity } from './strict-transport-security.ts';
import { takeBackChannelLogout } from './take-back-channel-logout.ts';
import { readDestination } from './webdav-destination.ts';

export interface EdgeOptions {
  readonly configuration: ServiceConfiguration;
  readonly branding: Branding;
  readonly addresses: ServiceAddresses;
  readonly catalog: ApplicationCatalog;
  readonly logos: ApplicationLogos;
  readonly certificates: Pick<CertificateShelf, 'isMisdirected'>;
  readonly identity: Identity;
  readonly relay: Pick<Relay, 'forward' | 'forwardUpgrade' | 'acceptTunnel'>;
  /** Hears of every request that is over. */
  readonly traffic: Pick<Traffic, 'note' | 'isWatched'>;
  /** Answers `/graph/beta`, enrolment and the service description. The activity id is set on the response already. */
  readonly api: {
    handle(request: UserRequest, response: Exclude<UserResponse, PlainResponse>): void | Promise<void>;
  };
  readonly clock: () => number;
  readonly log: Logger;
  /** Takes the lines of requests at `info` in place of the log. */
  readonly infoLines?: InfoLines | null;
}

/** Makes the handler that takes every request of the service, in a straight line from its head to the relay. */
export function makeEdge(options: EdgeOptions): EdgeHandler {
  return new Edge(options);
}

class Edge implements EdgeHandler {
  readonly #options: EdgeOptions;
  readonly #ownHosts: ReadonlySet<string>;
  readonly #ownHostHeaders: readonly string[];
  readonly #ownPaths: OwnPaths;
  readonly #portal: PortalSite;
  readonly #proxies: TrustedProxies;
  readonly #misdirection: Misdirection;
  readonly #accessLog: AccessLog;
  /** Connections that said something ambiguous: what their parser still makes of the rest is not looked at. */
  readonly #condemned = new WeakSet<object>();
  readonly #traffic: TrafficLimits;
  readonly #running: RunningExchanges;
  readonly #strangers: ClientRates;
  readonly #signInRates: SignInRates;
  readonly #gate: GateSurroundings;
  readonly #forwarder: RequestForwarder;

  constructor(options: EdgeOptions) {
    const { configuration, addresses, catalog, identity } = options;
    this.#options = options;
    this.#ownHosts = new Set([addresses.hostname, ...configuration.additionalHosts]);
    this.#ownHostHeaders = ownStrictTransportSecurity(addresses);
    this.#accessLog = new AccessLog(options.log, options.infoLines ?? null);
    const { branding: brand, logos } = options;
    this.#portal = new PortalSite({ identity, catalog, logos, brand, clock: options.clock });
    this.#ownPaths = new OwnPaths({ identity, catalog, portal: this.#portal, brand });
    this.#proxies = new TrustedProxies(configuration.trustedProxies);
    this.#misdirection = new Misdirection(options.certificates, this.#proxies);
    this.#traffic = new TrafficLimits(configuration.limits);
    const { revocations } = identity;
    this.#running = new RunningExchanges({ sessions: identity.sessions, revocations, catalog, clock: options.clock });
    this.#strangers = new ClientRates(configuration.limits.clientRequestsPerSecond);
    this.#signInRates = new SignInRates(configuration.limits);
    const { sessions, accessTokens } = identity;
    this.#gate = {
      sessions,
      accessTokens,
      admitStranger: (request) => this.#admitStranger(request),
      remoteAddressOf: (request) => this.#clientOf(request).remoteAddress,
      clock: options.clock,
    };
    this.#forwarder = new RequestForwarder({
      relay: options.relay,
      sessions,
      running: this.#running,
      limits: this.#traffic,
      signOn: new BackendSignOn({ assertions: identity.assertions, log: options.log }),
      clientOf: (request) => this.#clientOf(request),
      condemn: (exchange, error) => this.#condemn(exchange, error),
    });
  }

  isLeftToNode(url: string): boolean {
    const end = url.indexOf('?');
    return isApiPath(end === -1 ? url : url.slice(0, end));
  }

  handleRequest(request: UserRequest, response: UserResponse): void {
    if (this.#condemned.has(request.socket)) return;
    const exchange = this.#makeExchange(request, { response });
    response.on('close', () => this.#log(exchange));
    this.#route(exchange);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, bufferedBytes: Buffer): void {
    if (this.#condemned.has(request.socket)) {
      request.socket.destroySoon();
      return;
    }
    const exchange = this.#makeExchange(request, { socket, offer: { request, bufferedBytes } });
    socket.on('close', () => this.#log(exchange));
    this.#route(exchange);
  }

  handleMalformed(socket: Duplex, error: PosternError): void {
    const activityId = makeActivityId();
    const { status } = error.definition;
    const input = { error, activityId, atMs: this.#options.clock(), brand: this.#options.branding };
    // What the client would rather have can't be read either. Too many cookies are a browser's trouble, the rest a program's.
    const page = error.code === 'EDGE_HEADERS_TOO_LARGE' ? renderErrorPage(input) : renderProblem(input);
    sendAnswerOnSocket(socket, answerPage(status, page, [ACTIVITY_ID_HEADER, activityId]));
    const remoteAddress = (socket as Socket).remoteAddress ?? null;
    this.#options.log.info({ activityId, status, code: error.code, remoteAddress }, 'edge.malformed');
  }

  #makeExchange(request: UserRequest, output: EdgeExchange['output']): EdgeExchange {
    const { clock, branding } = this.#options;
    return new EdgeExchange(request, output, makeActivityId(), clock(), branding);
  }

  #log(exchange: EdgeExchange): void {
    if (exchange.traffic !== null) this.#traffic.leave(exchange.traffic);
    this.#running.leave(exchange);
    const { clock, traffic } = this.#options;
    const nowMs = clock();
    if (traffic.isWatched && exchange.clientAddress === '') {
      exchange.clientAddress = this.#clientOf(exchange.request).remoteAddress;
    }
    traffic.note(exchange, nowMs);
    this.#accessLog.write(exchange, nowMs);
  }

  #route(exchange: EdgeExchange): void {
    const { request } = exchange;
    try {
      if (!(request instanceof Http2ServerRequest)) {
        const problem = findFramingProblem(request);
        if (problem !== null) return this.#condemn(exchange, problem);
      }
      if (!isWithinHeaderLimits(request.rawHeaders))
        return this.#condemn(exchange, new PosternError('EDGE_HEADERS_TOO_LARGE'));
      const host = parseHostHeader(request.rawHeaders);
      if (host === null) {
        const message = 'The request names no host, more than one, or one that is not valid.';
        return this.#condemn(exchange, new PosternError('EDGE_BAD_REQUEST', { message }));
      }
      if (this.#misdirection.applies(request, host.hostname))
        return exchange.fail(new PosternError('EDGE_MISDIRECTED'));
      const target = parseRequestTarget(request.url ?? '', host.authority);
      if (target === null) return this.#condemn(exchange, new PosternError('EDGE_BAD_TARGET'));
      if (this.#ownHosts.has(host.hostname)) this.#routeOwn(exchange, host, target);
      else this.#routeApplication(exchange, host, target);
    } catch (error) {
      this.#failUnexpected(exchange, error);
    }
  }

  /** Refuses what servers could read differently, and over HTTP/1 all that comes behind it on its connection. */
  #condemn(exchange: EdgeExchange, error: PosternError): void {
    const endsConnection = exchange.request.httpVersionMajor === 1;
    if (endsConnection) this.#condemned.add(exchange.request.socket);
    exchange.fail(error, { endsConnection });
  }

  #routeOwn(exchange: EdgeExchange, host: RequestHost, target: RequestTarget): void {
    const { relay, api } = this.#options;
    const { request, output } = exchange;
    exchange.hostHeaders = this.#ownHostHeaders;
    if ('socket' in output) {
      if (target.path !== TUNNEL_PATH) return exchange.fail(new PosternError('EDGE_NOT_FOUND'));
      const { offer } = output;
      if (offer !== null) relay.acceptTunnel(offer.request, output.socket, offer.bufferedBytes);
      return;
    }
    if (isApiPath(target.path)) {
      if (isPlainResponse(output.response)) throw new Error('The API takes requests of node:http.');
      output.response.setHeader(ACTIVITY_ID_HEADER, exchange.activityId);
      const [name, value = ''] = this.#ownHostHeaders;
      if (name !== undefined) output.response.setHeader(name, value);
      return this.#watch(exchange, api.handle(request, output.response));
    }
    if (target.path === '/robots.txt') return exchange.answer(ROBOTS_ANSWER);
    if (target.path === BACK_CHANNEL_LOGOUT_PATH && request.method === 'POST') {
      const { identity, log } = this.#options;
      return this.#answerOwn(exchange, target, () => takeBackChannelLogout(request, identity, log));
    }
    const page = (): Promise<Answer> =>
      this.#ownPaths.answerOnServiceHost(
        makeOwnRequest(exchange.request, host, target, this.#clientOf(exchange.request)),
      );
    if (this.#portal.isForSignedIn(target.path, request.headers.cookie)) return this.#answerWith(exchange, page);
    return this.#answerOwn(exchange, target, page);
  }

  #routeApplication(exchange: EdgeExchange, host: RequestHost, target: RequestTarget): void {
    const { catalog } = this.#options;
    const { hostname } = host;
    if (catalog.firstOn(hostname) === undefined) return exchange.fail(new PosternError('EDGE_NOT_FOUND'));
    if (isOwnPath(target)) {
      return this.#answerOwn(exchange, target, () =>
        this.#ownPaths.answerOnApplicationHost(
          makeOwnRequest(exchange.request, host, target, this.#clientOf(exchange.request)),
        ),
      );
    }
    const [reading, otherReading] = target.readings;
    const published = catalog.match(hostname, reading);
    if (target.path === '/robots.txt' && isRobotsExcluded(published)) return exchange.answer(ROBOTS_ANSWER);
    if (otherReading !== undefined && catalog.match(hostname, otherReading) !== published) {
      return this.#condemn(exchange, new PosternError('EDGE_BAD_TARGET'));
    }
    if (published === undefined) return exchange.fail(new PosternError('EDGE_NOT_FOUND'));
    if (isFolderName(published, reading)) return failAtFolderName(exchange, target);
    const destination = readDestination(exchange.request, host.authority);
    if (destination !== undefined) {
      const isInside = destination?.readings.every(
        (each) => catalog.match(hostname, each) === published && !isFolderName(published, each),
      );
      if (isInside !== true) return this.#condemn(exchange, new PosternError('EDGE_BAD_TARGET'));
    }

    exchange.application = published.application;
    exchange.hostHeaders = strictTransportSecurity(published);
    if (published.cors !== null && 'response' in exchange.output) {
      const cors = decideCors(published.cors, exchange.request, target.readings);
      if (cors?.kind === 'answer') return exchange.answer(cors.answer);
      if (cors?.kind === 'refuse') return exchange.fail(cors.error);
      exchange.corsHeaders = cors?.headers ?? null;
    }
    if (!published.application.onPremisesPublishing.isOnPremPublishingEnabled) {
      return exchange.fail(new PosternError('EDGE_MAINTENANCE'));
    }
    if (isEntraSignOut(target)) return exchange.answer(answerRedirect(SIGN_OUT_PATH));
    const { record } = exchange;
    const decision = decideAccess(exchange.request, published, hostname, this.#gate, (policy, outcome) => {
      if (isReported(policy, outcome)) record.reportedPolicies = [...record.reportedPolicies, policy.displayName];
    });
    if (!(decision instanceof Promise)) return this.#carryOut(decision, exchange, host, target, published);
    const carriedOut = decision.then((made) => this.#carryOut(made, exchange, host, target, published));
    return this.#watch(exchange, carriedOut);
  }

  #admitStranger(request: UserRequest): boolean {
    return this.#strangers.take(this.#clientOf(request).remoteAddress, performance.now());
  }

  #clientOf({ headers, socket }: UserRequest): ClientAddress {
    return this.#proxies.resolve(socket.remoteAddress ?? '', 'encrypted' in socket, headers);
  }

  #carryOut(
    decision: GateDecision,
    exchange: EdgeExchange,
    host: RequestHost,
    target: RequestTarget,
    published: PublishedApplication,
  ): void {
    switch (decision.kind) {
      case 'forward':
        exchange.isAuthorizationWithheld = decision.isAuthorizationWithheld;
        return this.#forwarder.forward(exchange, host, target, published, decision.session);
      case 'signIn':
        return exchange.answer(answerRedirect(signInPath(target, false)));
      case 'stepUp':
        noteUser(exchange, decision.session);
        exchange.record.policy = decision.policy;
        return exchange.answer(answerRedirect(signInPath(target, false, decision.requirement)));
      case 'refuse': {
        const { error, session, policy } = decision;
        noteUser(exchange, session);
        exchange.record.policy = policy ?? null;
        const back = isRepeatable(exchange.request) ? target : (folderOf(published) ?? target);
        if (error instanceof StepUpError) {
          return exchange.fail(error, { signInPath: signInPath(back, false, error.requirement) });
        }
        const helps = SIGN_IN_HELPS.has(error.code);
        const path = helps ? signInPath(back, session !== null) : undefined;
        return exchange.fail(error, { userName: session?.userPrincipalName, signInPath: path });
      }
    }
  }

  #answerOwn(exchange: EdgeExchange, target: RequestTarget, page: () => Promise<Answer>): void {
    const { request } = exchange;
    const { remoteAddress } = this.#clientOf(request);
    const isAdmitted = isSignInStep(target.path)
      ? this.#signInRates.take(remoteAddress, performance.now())
      : this.#strangers.take(remoteAddress, performance.now());
    if (!isAdmitted) return exchange.fail(new PosternError('EDGE_RATE_LIMITED'));
    this.#answerWith(exchange, page);
  }

  #answerWith(exchange: EdgeExchange, page: () => Promise<Answer>): void {
    this.#watch(
      exchange,
      page().then((answer) => exchange.answer(answer)),
    );
  }

  /** Turns a rejection into an error page. */
  #watch(exchange: EdgeExchange, work: void | Promise<void>): void {
    work?.catch((error: unknown) => this.#failUnexpected(exchange, error));
  }

  #failUnexpected(exchange: EdgeExchange, thrown: unknown): void {
    const error = asPosternError(thrown, 'EDGE_INTERNAL');
    const { activityId } = exchange;
    // The request's own line says the rest; this one has the stack, for errors that nobody should meet.
    if (error.definition.audience !== 'user') {
      this.#options.log.error({ activityId, code: error.code, err: thrown }, 'edge.failed');
    }
    // At the root a sign-in begins anew, on a service's host and on an application's.
    const signInPath = error instanceof SignInFailure ? error.retryUrl : '/';
    exchange.fail(error, error.code.startsWith('SIGNIN_') ? { signInPath } : {});
  }
}

/** A token may be another service's, of a script whose page had a session before. */
const SIGN_IN_HELPS = new Set<ErrorCode>([
  'EDGE_UNAUTHENTICATED',
  'EDGE_FORBIDDEN',
  'EDGE_GROUPS_UNKNOWN',
  'EDGE_TOKEN_INVALID',
]);

/** Entra's way of signing out, `?appproxy=logout` on any path (B21). */
function isEntraSignOut({ query }: RequestTarget): boolean {
  return query.includes('appproxy=logout') && new URLSearchParams(query).get('appproxy') === 'logout';
}

/** Whoever means the folder is shown the way to it; it is not inside, and there is nothing to be changed. */
function failAtFolderName(exchange: EdgeExchange, target: RequestTarget): void {
  const { method } = exchange.request;
  if (method === 'GET' || method === 'HEAD') exchange.answer(answerRedirect(`${target.path}/${target.query}`));
  else exchange.fail(new PosternError('EDGE_NOT_FOUND'));
}

/** Where an application begins: its folder, of which the address alone asks for nothing else. */
function folderOf({ externalUrl }: PublishedApplication): RequestTarget | null {
  return parseRequestTarget(new URL(externalUrl).pathname, '');
}
