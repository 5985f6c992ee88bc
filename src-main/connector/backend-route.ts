import { isIP } from 'node:net';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import type { RequestHead } from '../../src-shared/wire/head.ts';
import type { BackendTls, BackendTrust } from './backend-trust.ts';
import { TranslatedResponse } from './translated-response.ts';
import { BodyTranslation } from './translation/body/body-translation.ts';
import { makePageSite } from './translation/body/page-site.ts';
import { translateConditions } from './translation/body/translated-request.ts';
import { type RequestTranslation, translateRequestHeaders } from './translation/request-headers.ts';
import { mapRequestTarget } from './translation/request-target.ts';
import { makeResponseTranslation, type ResponseTranslation } from './translation/response-headers.ts';
import type { UrlMap } from './translation/url-map.ts';

/** Where the requests of one application go; a wildcard has a route of its own for each label. */
export interface RouteSource {
  readonly application: ConnectorApplication;
  /** The route of a request; null where its host is none of the application's. */
  routeOf(head: Pick<RequestHead, 'authority'>): BackendRoute | null;
}

/** What tells the connections of one backend from those of another. */
export type BackendAddress = Pick<BackendRoute, 'application' | 'origin' | 'trustKey'>;

/** Two routes with the same key may share connections. */
export function backendKey({ trustKey, origin }: Pick<BackendAddress, 'origin' | 'trustKey'>): string {
  return `${trustKey} ${origin}`;
}

/** Where the requests of a route go, in parts. */
export interface RoutePlace {
  /** `http://host:port`. */
  readonly origin: string;
  /** Host without brackets or port, as sockets take it. */
  readonly hostname: string;
  readonly port: number;
  readonly isSecure: boolean;
}

/** All that the requests of one pair of addresses share, worked out once per configuration. */
export class BackendRoute implements RouteSource {
  readonly application: ConnectorApplication;
  /** Whether its host was chosen by a request: there may be any number of such routes. */
  readonly isOfWildcard: boolean;
  /** Where its requests go. By itself, for what outlives the configuration that the rest is of. */
  readonly place: RoutePlace;
  readonly responseTranslation: ResponseTranslation;
  readonly headersTimeoutMs: number;
  /** Silence of both ends after which a WebSocket is ended; 0 for no limit. */
  readonly idleTimeoutMs: number;
  /** Two routes with the same trust and origin may share connections. */
  readonly trustKey: string;
  /** Both in one text, which is looked up for each request. */
  readonly poolKey: string;
  readonly #trust: BackendTrust;
  readonly #requestTranslation: RequestTranslation;
  /** Null where bodies pass as they are. */
  readonly #bodyTranslation: BodyTranslation | null;
  readonly #internalPath: string;
  readonly #externalPath: string;

  constructor(application: ConnectorApplication, urlMap: UrlMap, trust: BackendTrust, isOfWildcard = false) {
    const internal = new URL(application.internalUrl);
    const external = new URL(application.externalUrl);
    this.application = application;
    this.isOfWildcard = isOfWildcard;
    const isSecure = internal.protocol === 'https:';
    this.place = {
      origin: internal.origin,
      hostname: internal.hostname.replace(/^\[|\]$/g, ''),
      port: internal.port === '' ? (isSecure ? 443 : 80) : Number(internal.port),
      isSecure,
    };
    this.headersTimeoutMs = application.applicationServerTimeoutSeconds * 1000;
    this.idleTimeoutMs = application.webSocketIdleTimeoutSeconds * 1000;
    this.#trust = trust;
    this.trustKey = trust.keyOf(application);
    this.poolKey = backendKey(this);
    this.#internalPath = internal.pathname;
    this.#externalPath = external.pathname;
    this.#requestTranslation = {
      internalAuthority: application.isTranslateHostHeaderEnabled ? internal.host : null,
      internalScheme: internal.protocol.slice(0, -1),
      internalPath: internal.pathname,
      externalPath: external.pathname,
    };
    this.#bodyTranslation = application.isTranslateLinksInBodyEnabled
      ? new BodyTranslation({
          site: makePageSite(application, urlMap),
          isInScripts: application.isTranslateLinksInScriptsEnabled,
        })
      : null;
    this.responseTranslation = makeResponseTranslation(application, urlMap);
  }

  get origin(): string {
    return this.place.origin;
  }

  get hostname(): string {
    return this.place.hostname;
  }

  get port(): number {
    return this.place.port;
  }

  get isSecure(): boolean {
    return this.place.isSecure;
  }

  routeOf(): BackendRoute {
    return this;
  }

  /** How TLS to the backend is made. @throws PosternError `BACKEND_CERTIFICATE_ISSUER` when its authorities can't be read */
  get tls(): BackendTls {
    const tls = this.#trust.tlsFor(this.application);
    return isIP(this.hostname) === 0 ? { ...tls, servername: this.hostname } : tls;
  }

  /** Path and query to ask the backend for; null outside the published folder. */
  target(head: RequestHead): string | null {
    return mapRequestTarget(head.target, this.#externalPath, this.#internalPath);
  }

  /**
   * Where the application's bodies are translated: what stands between a stream and its exchange, and the headers that make
   * the backend answer with what can be translated.
   */
  translateBody(
    stream: MuxStream,
    head: RequestHead,
    headers: readonly string[],
  ): { readonly response: TranslatedResponse; readonly headers: string[] } | null {
    const translation = this.#bodyTranslation;
    if (translation === null || head.isUpgrade) return null;
    const request = translateConditions(headers, translation.mark);
    const { unmarkedTags } = request;
    const response = new TranslatedResponse({ stream, translation, isHead: head.method === 'HEAD', unmarkedTags });
    return { response, headers: request.headers };
  }

  /** Headers to send to the backend, flat. */
  headers(head: RequestHead): string[] {
    return translateRequestHeaders(head.headers, this.#requestTranslation, head);
  }
}
