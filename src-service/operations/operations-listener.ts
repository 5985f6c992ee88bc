import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { makeMetrics } from './make-metrics.ts';
import type { MetricSources } from './metric-sources.ts';

export interface OperationsOptions extends MetricSources {
  readonly listen: { readonly host: string; readonly port: number };
  /** Whether the service takes requests: false while it starts and once it stops. */
  readonly isReady: () => boolean;
}

export interface OperationsListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers operators: `/healthz` (the process lives), `/readyz` (it takes requests), `/metrics` (Prometheus). */
export async function startOperationsListener(options: OperationsOptions): Promise<OperationsListener> {
  const { listen } = options;
  const metrics = makeMetrics(options);
  const server = createServer((request, response) => {
    answer(request, response, options, metrics).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          metrics.clear();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { isReady, storeHealth }: OperationsOptions,
  metrics: Registry,
): Promise<void> {
  const plain = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };
  switch (request.url) {
    case '/healthz':
      return plain(200, 'ok');
    case '/readyz':
      return isReady() ? plain(200, readiness(storeHealth)) : plain(503, 'not ready');
    case '/metrics':
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
      return;
    default:
      return plain(404, 'There are /healthz, /readyz and /metrics.');
  }
}

/** A node whose store is down is ready all the same: sessions and traffic go on, and every other node has the same store. */
function readiness({ state }: OperationsOptions['storeHealth']): string {
  return state.isUp ? 'ready' : `ready, but the store is not (${state.reason}): ${state.message}`;
}
