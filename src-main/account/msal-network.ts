import type { INetworkModule } from '@azure/msal-node';
import type { Fetch } from '../app/net-errors.ts';

const TIMEOUT_MS = 30_000;
type Options = Parameters<INetworkModule['sendPostRequestAsync']>[1];

/**
 * MSAL's way to the network: the given `fetch`, so that the system's proxy and trust store hold for sign-in too
 * (MSAL 7 has no proxy setting of its own).
 */
export function makeMsalNetwork(fetch: Fetch): INetworkModule {
  const send = async (method: 'GET' | 'POST', url: string, options: Options, timeoutMs: number) => {
    const response = await fetch(url, {
      method,
      ...(options?.headers === undefined ? {} : { headers: options.headers }),
      ...(options?.body === undefined ? {} : { body: options.body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as never,
      status: response.status,
    };
  };
  return {
    sendGetRequestAsync: (url, options, timeoutMs) => send('GET', url, options, timeoutMs ?? TIMEOUT_MS),
    sendPostRequestAsync: (url, options) => send('POST', url, options, TIMEOUT_MS),
  };
}
