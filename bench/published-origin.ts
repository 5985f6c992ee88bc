import { type Child, startChild } from './child.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What `npm start -- --headless --json` prints, as far as benchmarks need it. */
interface TrialReady {
  readonly serviceUrl: string;
  readonly adminApi: {
    readonly baseUrl: string;
    readonly tokenEndpoint: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly scope: string;
  };
  readonly pids: Readonly<Record<string, number>>;
}

/** One origin, to be asked directly or through Postern. */
export interface PublishedOrigin {
  readonly directUrl: string;
  /** Address of the service, for connections; send `host` with it. */
  readonly publishedUrl: string;
  readonly host: string;
  /** The processes that forward: service and connector. */
  readonly forwarderPids: readonly number[];
  stop(): Promise<void>;
}

const REACHABLE_WITHIN_MS = 10_000;

/** Starts the trial and an origin, and publishes the origin without pre-authentication. */
export async function publishOrigin(): Promise<PublishedOrigin> {
  const state = await mkdtemp(path.join(tmpdir(), 'postern-bench-'));
  const origin = await startChild<{ port: number }>('bench/origin.ts', []);
  const trial = await startChild<TrialReady>('trial/start.ts', ['--headless', '--json', '--state', state]);
  const stop = async (): Promise<void> => {
    await Promise.all([origin.stop(), trial.stop()]);
    await rm(state, { recursive: true, force: true });
  };
  try {
    const directUrl = `http://127.0.0.1:${origin.ready.port}`;
    const port = new URL(trial.ready.serviceUrl).port;
    const host = `bench.postern.localhost:${port}`;
    await publish(trial, { externalUrl: `http://${host}/`, internalUrl: `${directUrl}/` });
    const publishedUrl = `http://127.0.0.1:${port}`;
    return { directUrl, publishedUrl, host, forwarderPids: forwarderPids(trial.ready), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function forwarderPids({ pids }: TrialReady): number[] {
  const { service, connector } = pids;
  if (service === undefined || connector === undefined) throw new Error('The trial named no service or connector.');
  return [service, connector];
}

async function publish(
  { ready }: Child<TrialReady>,
  urls: { readonly externalUrl: string; readonly internalUrl: string },
): Promise<void> {
  const { adminApi } = ready;
  const tokenResponse = await fetch(adminApi.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: adminApi.clientId,
      client_secret: adminApi.clientSecret,
      scope: adminApi.scope,
    }),
  });
  const { access_token: accessToken } = (await tokenResponse.json()) as { access_token: string };
  const response = await fetch(`${adminApi.baseUrl}/applications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      displayName: 'Benchmark',
      onPremisesPublishing: { ...urls, externalAuthenticationType: 'passthru', allowIpHosts: true },
    }),
  });
  if (!response.ok) throw new Error(`Publishing failed: ${response.status} ${await response.text()}`);
}

/** Waits until the connector has heard of the application. */
export async function untilReachable(request: () => Promise<number>): Promise<void> {
  const deadlineMs = performance.now() + REACHABLE_WITHIN_MS;
  while ((await request()) !== 200) {
    if (performance.now() > deadlineMs) throw new Error('The published origin did not become reachable.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
