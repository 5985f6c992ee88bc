import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import { fillWildcard, wildcardLabel } from '../../src-shared/publishing/urls.ts';
import type { RequestHead } from '../../src-shared/wire/head.ts';
import { BackendRoute, type RouteSource } from './backend-route.ts';
import type { BackendTrust } from './backend-trust.ts';
import type { UrlMap } from './translation/url-map.ts';

/** Bounds of what is kept for the hosts of wildcards; docs/limits.md says why. */
export const WILDCARD_LIMITS = {
  /** Hosts whose connections and routes are kept. */
  maxValues: 256,
  /** How long the connections of a host are kept that nobody asks for, ms. */
  idleMs: 60_000,
} as const;

/** A pair of wildcard addresses: the label that a user asks for stands for the `*` of both (B6). */
export class WildcardRoute implements RouteSource {
  readonly application: ConnectorApplication;
  readonly #urlMap: UrlMap;
  readonly #trust: BackendTrust;
  /** What follows the `*`, with its dot. */
  readonly #externalSuffix: string;
  /** By label, used longest ago first. */
  readonly #routes = new Map<string, BackendRoute>();

  constructor(application: ConnectorApplication, urlMap: UrlMap, trust: BackendTrust) {
    this.application = application;
    this.#urlMap = urlMap;
    this.#trust = trust;
    this.#externalSuffix = new URL(application.externalUrl).hostname.slice(1);
  }

  routeOf({ authority }: Pick<RequestHead, 'authority'>): BackendRoute | null {
    const hostname = authority.replace(/:\d+$/, '').toLowerCase();
    const label = wildcardLabel(hostname);
    if (label === null || hostname.slice(label.length) !== this.#externalSuffix) return null;
    const route = this.#routes.get(label) ?? this.#makeRoute(label);
    this.#routes.delete(label);
    this.#routes.set(label, route);
    if (this.#routes.size > WILDCARD_LIMITS.maxValues) this.#routes.delete(this.#routes.keys().next().value ?? '');
    return route;
  }

  #makeRoute(label: string): BackendRoute {
    const { externalUrl, internalUrl } = this.application;
    const application = {
      ...this.application,
      externalUrl: fillWildcard(externalUrl, label),
      internalUrl: fillWildcard(internalUrl, label),
    };
    return new BackendRoute(application, this.#urlMap, this.#trust, true);
  }
}
