import { Agent, fetch as nodeFetch, type RequestInit as NodeRequestInit } from 'undici';
import { reasonOf } from '../../src-shared/errors/reason-of.ts';
import type { FindAddresses } from '../connector/loopback-lookup.ts';
import { serviceConnector } from '../connector/service-connector.ts';
import type { Fetch } from './net-errors.ts';
import type { OutboundProxy } from './outbound-proxy.ts';

const UNKNOWN_AUTHORITY = /net::ERR_CERT_AUTHORITY_INVALID/;

export interface ServiceFetchOptions {
  readonly proxy: Pick<OutboundProxy, 'needsNode' | 'findRoutes'>;
  /** Chromium's, which knows the system's proxies, their sign-in by Negotiate, and the system's authorities. */
  readonly chromium: Fetch;
  /** PEM of authorities trusted beside those of this machine. */
  readonly extraCertificates: () => readonly string[];
  readonly findAddresses: FindAddresses;
}

/**
 * Fetches for the app itself: by Chromium, or by Node on the engine's own way where a proxy asks for a password (B69), and where Chromium,
 * which remembers its verdicts, has refused an authority that may have been trusted since. Nothing was sent then.
 */
export function makeServiceFetch({ proxy, chromium, extraCertificates, findAddresses }: ServiceFetchOptions): Fetch {
  return async (url, init) => {
    if (!proxy.needsNode) {
      const answer = await chromium(url, init).catch((error: unknown) => {
        if (extraCertificates().length > 0 && UNKNOWN_AUTHORITY.test(reasonOf(error))) return null;
        throw error;
      });
      if (answer !== null) return answer;
    }
    const agent = new Agent({
      connect: serviceConnector({
        extraCertificates: extraCertificates(),
        findRoutes: proxy.findRoutes,
        findAddresses,
      }),
    });
    try {
      const response = await nodeFetch(url, { ...(init as unknown as NodeRequestInit), dispatcher: agent });
      const body = await response.arrayBuffer();
      const { status, statusText } = response;
      const hasBody = status !== 204 && status !== 205 && status !== 304;
      return new Response(hasBody ? body : null, { status, statusText, headers: [...response.headers] });
    } finally {
      void agent.destroy();
    }
  };
}
