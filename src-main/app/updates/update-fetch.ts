import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { ClientRequest, ClientRequestConstructorOptions } from 'electron';
import { Agent, fetch as nodeFetch } from 'undici';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { serviceConnector } from '../../connector/service-connector.ts';
import type { ServiceFetchOptions } from '../service-fetch.ts';

/** Asks a feed. The signal ends the request, also once it was answered. */
export type FeedFetch = (url: string, signal: AbortSignal) => Promise<Response>;

export interface UpdateFetchOptions extends Omit<ServiceFetchOptions, 'chromium'> {
  /** Chromium's `net.request`; its `fetch` follows redirections unasked, and does not say where an answer came from. */
  readonly request: (options: ClientRequestConstructorOptions) => ClientRequest;
}

const MAX_REDIRECTIONS = 10;
const REDIRECTIONS = new Set([301, 302, 303, 307, 308]);
const WITHOUT_BODY = new Set([204, 205, 304]);

/** As `makeServiceFetch`, the same ways out and the same authorities, for answers too large to be held. */
export function makeUpdateFetch({ proxy, request, extraCertificates, findAddresses }: UpdateFetchOptions): FeedFetch {
  return async (url, signal) => {
    if (!proxy.needsNode) return fetchByChromium(request, url, signal);
    const agent = new Agent({
      connect: serviceConnector({
        extraCertificates: extraCertificates(),
        findRoutes: proxy.findRoutes,
        findAddresses,
      }),
    });
    try {
      const response = await fetchByNode(agent, url, signal);
      // Ends once the body has.
      void agent.close();
      return response;
    } catch (error) {
      void agent.destroy();
      throw error;
    }
  };
}

async function fetchByNode(agent: Agent, from: string, signal: AbortSignal): Promise<Response> {
  let url = from;
  for (let count = 0; count <= MAX_REDIRECTIONS; count += 1) {
    const response = await nodeFetch(url, { redirect: 'manual', signal, dispatcher: agent });
    const location = REDIRECTIONS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    url = URL.parse(location, url)?.href ?? location;
    checkRedirection(from, url);
  }
  throw new PosternError('UPDATE_FEED_INVALID', { message: `${from} leads from one address to the next without end.` });
}

async function fetchByChromium(
  request: UpdateFetchOptions['request'],
  from: string,
  signal: AbortSignal,
): Promise<Response> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const asked = request({ url: from, redirect: 'manual', cache: 'no-store', credentials: 'omit' });
  signal.addEventListener('abort', () => {
    reject(signal.reason as Error);
    asked.abort();
  });
  asked.on('redirect', (_status, _method, url) => {
    try {
      checkRedirection(from, url);
      asked.followRedirect();
    } catch (error) {
      reject(error);
      asked.abort();
    }
  });
  asked.on('response', (answer) => {
    const { statusCode: status } = answer;
    // Electron's message is a stream of Node, which its types don't say.
    const body = Readable.toWeb(answer as unknown as Readable) as NodeReadableStream<Uint8Array> as ReadableStream;
    resolve(new Response(WITHOUT_BODY.has(status) ? null : body, { status }));
  });
  asked.on('error', reject);
  asked.end();
  return promise;
}

/** That a redirection leads to nothing less than the address that was asked. @throws PosternError `UPDATE_FEED_INVALID` */
function checkRedirection(from: string, to: string): void {
  const { protocol, host } = new URL(from);
  if (URL.parse(to)?.protocol === protocol) return;
  throw new PosternError('UPDATE_FEED_INVALID', { message: `${host} leads to ${to}, which is no ${protocol}` });
}
