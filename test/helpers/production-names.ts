import { X509Certificate, createHash } from 'node:crypto';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';
import type { ProviderFetches } from '../../src-service/identity/provider-fetch.ts';

/** How programs and browsers are led to the stand-in under a name of production: by resolution and trust alone. */
export interface ProductionNames {
  readonly providerFetches: ProviderFetches;
  /** For MSAL. */
  readonly networkClient: INetworkModule;
  /** Arguments for Chromium. */
  readonly browserArguments: readonly string[];
}

/**
 * @param host the name, at port 443, that leads to `port` of this machine
 * @param ca PEM of the test's authority
 * @param certificates PEM of the servers that Chromium is to trust
 */
export function leadToStandIn(
  host: string,
  port: number,
  ca: string,
  certificates: readonly string[],
): ProductionNames {
  const connect = buildConnector({ ca });
  const dispatcher = new Agent({
    connect: (options, callback) => {
      const isHost = options.hostname === host && (options.port === '' || options.port === '443');
      if (!isHost) return callback(new Error(`${options.hostname} is not to be contacted.`), null);
      connect({ ...options, hostname: '127.0.0.1', port: String(port), servername: host }, callback);
    },
  });
  const send = (url: string, options: object): Promise<Response> =>
    undiciFetch(url, { redirect: 'manual', ...options, dispatcher } as never);
  const ask = async <T>(url: string, method: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> => {
    const { headers, body } = options ?? {};
    const answer = await send(url, { method, headers, ...(body !== undefined && { body }) });
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: (await answer.json()) as T,
    };
  };
  const pins = certificates.map((pem) => {
    const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(key).digest('base64');
  });
  return {
    providerFetches: { trusting: () => ({ fetch: send }), close: () => dispatcher.close() },
    networkClient: {
      sendGetRequestAsync: (url, options) => ask(url, 'GET', options),
      sendPostRequestAsync: (url, options) => ask(url, 'POST', options),
    },
    browserArguments: [
      `--host-resolver-rules=MAP ${host}:443 127.0.0.1:${port}`,
      `--ignore-certificate-errors-spki-list=${pins.join(',')}`,
    ],
  };
}
