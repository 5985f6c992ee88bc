import { Agent, request } from 'node:http';
import type { Target } from '../tunnel/peer.ts';
import { usageOf } from '../tunnel/process-tree.ts';

const CONNECTIONS = 4;

export interface Load {
  /** Of the body before it is encoded. */
  readonly megabytesPerSecond: number;
  /** CPU of the connector, s for each GiB of body before it is encoded. */
  readonly connectorSecondsPerGib: number;
}

/**
 * Fetches a body over and over on a few connections.
 * @param bodyBytes its size before it was encoded.
 */
export async function measureLoad(
  target: Target,
  requestPath: string,
  options: {
    readonly coding: string;
    readonly bodyBytes: number;
    readonly seconds: number;
    readonly connectorPid: number;
  },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = usageOf([options.connectorPid]);
  const startedMs = performance.now();
  const deadlineMs = startedMs + options.seconds * 1000;
  let count = 0;
  const run = async (): Promise<void> => {
    while (performance.now() < deadlineMs) {
      await fetchOnce(agent, target, requestPath, options.coding);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
  const seconds = (performance.now() - startedMs) / 1000;
  const cpuSeconds = (usageOf([options.connectorPid]).cpuMs - before.cpuMs) / 1000;
  agent.destroy();
  const bytes = count * options.bodyBytes;
  return { megabytesPerSecond: bytes / 1e6 / seconds, connectorSecondsPerGib: cpuSeconds / (bytes / 2 ** 30) };
}

function fetchOnce(agent: Agent, { port, headers }: Target, requestPath: string, coding: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = { ...headers, 'accept-encoding': coding };
    request({ host: '127.0.0.1', port, path: requestPath, headers: sent, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${requestPath} was answered with ${response.statusCode}.`));
      response.on('error', reject).on('end', resolve).resume();
    })
      .on('error', reject)
      .end();
  });
}
