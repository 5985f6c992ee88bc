import { Agent, fetch as nodeFetch, type RequestInit as NodeRequestInit } from 'undici';
import { serviceConnector } from '../../connector/service-connector.ts';
import type { Fetch } from '../net-errors.ts';
import type { ServiceFetchOptions } from '../service-fetch.ts';

/** As `makeServiceFetch`, the same ways out and the same authorities, for answers too large to be held. */
export function makeUpdateFetch({ proxy, chromium, extraCertificates }: ServiceFetchOptions): Fetch {
  return async (url, init) => {
    if (!proxy.needsNode) return chromium(url, init);
    const agent = new Agent({
      connect: serviceConnector({ extraCertificates: extraCertificates(), findRoutes: proxy.findRoutes }),
    });
    try {
      const response = await nodeFetch(url, { ...(init as unknown as NodeRequestInit), dispatcher: agent });
      // Ends once the body has.
      void agent.close();
      return response;
    } catch (error) {
      void agent.destroy();
      throw error;
    }
  };
}
