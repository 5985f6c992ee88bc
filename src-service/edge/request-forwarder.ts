import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { RequestHead } from '../../src-shared/wire/head.ts';
import type { Sessions } from '../identity/sessions.ts';
import type { Session } from '../identity/session.ts';
import type { Relay } from '../relay/relay.ts';
import type { UserRequest } from '../relay/user-http.ts';
import { ACTIVITY_ID_HEADER } from './activity.ts';
import type { PublishedApplication } from './published-application.ts';
import type { TrafficLimits } from './application-traffic.ts';
import type { ClientAddress } from './client-address.ts';
import { RULED_HEADERS } from './cors.ts';
import type { EdgeExchange } from './edge-exchange.ts';
import { type ForwardedHeadersInput, makeForwardedHeaders } from './forwarded-headers.ts';
import { isWithinHeaderLimits } from './header-limits.ts';
import type { RequestHost } from './host-header.ts';
import type { RequestTarget } from './request-target.ts';
import type { RunningExchanges } from './running-exchanges.ts';
import { sessionAffinity } from './session-affinity.ts';
import type { BackendSignOn } from './sign-on/backend-sign-on.ts';

const NO_HEADERS: readonly string[] = [];

export interface RequestForwarderOptions {
  readonly relay: Pick<Relay, 'forward' | 'forwardUpgrade'>;
  readonly sessions: Pick<Sessions, 'noteApplication'>;
  readonly running: RunningExchanges;
  readonly limits: TrafficLimits;
  readonly signOn: BackendSignOn;
  readonly clientOf: (request: UserRequest) => ClientAddress;
  /** Refuses what servers could read differently. */
  readonly condemn: (exchange: EdgeExchange, error: PosternError) => void;
}

/** The last step of the edge: the limits of an application, the head that a connector gets, and the way to the relay. */
export class RequestForwarder {
  readonly #options: RequestForwarderOptions;

  constructor(options: RequestForwarderOptions) {
    this.#options = options;
  }

  /** Sends what the gate let through to a connector, and its answer to the user. */
  forward(
    exchange: EdgeExchange,
    host: RequestHost,
    target: RequestTarget,
    published: PublishedApplication,
    session: Session | null,
  ): void {
    // The decision may have taken a moment.
    if (exchange.isGone) return;
    const { request, output, activityId } = exchange;
    const { relay, sessions, running, limits, clientOf, condemn } = this.#options;
    const { headers } = request;
    const { maximumRequestBodyBytes } = published.application.onPremisesPublishing;
    const isUpgrade = 'socket' in output;
    noteUser(exchange, session);
    if (session !== null) sessions.noteApplication(session.id, published.application.id);
    const traffic = limits.enter(published.application, performance.now());
    if (typeof traffic === 'string') {
      return exchange.fail(new PosternError(traffic === 'rate' ? 'EDGE_RATE_LIMITED' : 'EDGE_OVERLOADED'));
    }
    exchange.traffic = traffic;
    if (maximumRequestBodyBytes !== null && Number(headers['content-length'] ?? 0) > maximumRequestBodyBytes) {
      return exchange.fail(new PosternError('EDGE_BODY_TOO_LARGE'));
    }
    const addressSignOn = this.#options.signOn.of(published);
    let signOn: ForwardedHeadersInput['signOn'] = null;
    if (addressSignOn !== null) {
      const own = session === null ? NO_HEADERS : addressSignOn.headersFor(session, target.readings);
      if (own === null) return condemn(exchange, new PosternError('EDGE_BAD_TARGET'));
      signOn = { ownNames: addressSignOn.ownNames, headers: own };
    }
    const client = clientOf(request);
    exchange.clientAddress = client.remoteAddress;
    const head: RequestHead = {
      method: request.method ?? 'GET',
      target: target.target,
      scheme: client.scheme,
      authority: host.authority,
      applicationId: published.routeId,
      activityId,
      remoteAddress: client.remoteAddress,
      userId: session?.userId ?? null,
      userName: session?.displayName ?? null,
      isUpgrade,
      headers: makeForwardedHeaders({
        rawHeaders: request.rawHeaders,
        connection: headers.connection,
        authority: host.authority,
        client,
        activityId,
        isUpgrade,
        isAuthorizationWithheld: exchange.isAuthorizationWithheld,
        isHttp2: request.httpVersionMajor === 2,
        signOn,
      }),
    };
    // What we add must not make a head that the tunnel can't carry.
    if (signOn !== null && !isWithinHeaderLimits(head.headers)) {
      return exchange.fail(new PosternError('EDGE_HEADERS_TOO_LARGE'));
    }
    running.enter(exchange, host.hostname, target.readings[0], client.remoteAddress, published, session);
    const { connectorGroupId } = published.application;
    const { corsHeaders, hostHeaders } = exchange;
    const affinity = sessionAffinity(published, headers.cookie);
    const responseHeaders = [ACTIVITY_ID_HEADER, activityId];
    if (corsHeaders !== null) responseHeaders.push(...corsHeaders);
    const onFailure = (error: PosternError): void => exchange.fail(error);
    const onCut = (error: PosternError): void => exchange.note(error);
    if ('socket' in output) {
      const { socket, offer } = output;
      if (offer === null) return;
      const own = { head, meter: exchange, connectorGroupId, affinity, responseHeaders, onFailure, onCut };
      exchange.upgrade = relay.forwardUpgrade({ ...own, ...offer, socket });
      return;
    }
    // Always of one shape: this is made for each request.
    relay.forward({
      request,
      response: output.response,
      head,
      connectorGroupId,
      isUserConnection: client.isDirect,
      affinity,
      withheldTrailers: signOn?.ownNames,
      responseHeaders,
      withheldHeaders: corsHeaders === null ? undefined : RULED_HEADERS,
      defaultHeaders: hostHeaders.length === 0 ? undefined : hostHeaders,
      meter: exchange,
      maxBodyBytes: maximumRequestBodyBytes ?? undefined,
      onFailure,
      onCut,
    });
  }
}

export function noteUser({ record }: EdgeExchange, session: Session | null): void {
  record.userId = session?.userId ?? null;
  record.userName = session?.userPrincipalName ?? null;
}
