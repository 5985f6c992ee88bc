import { Pool } from 'undici';
import { usageOf } from '../tunnel/process-tree.ts';
import { quantile } from '../tunnel/statistics.ts';

/** One request of a load; the number rises with each. */
export type MakeRequest = (turn: number) => {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
};

/** What a load came to. */
export interface LoadFigures {
  readonly perSecond: number;
  /** Of the service's process. */
  readonly cpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly origin: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
  readonly servicePid: number;
}

/** Sends requests over so many connections, each the next as the answer is there. @throws where one is not answered with success */
export async function measureLoad(options: LoadOptions, make: MakeRequest): Promise<LoadFigures> {
  const { origin, token, connections, seconds, servicePid } = options;
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const times: number[] = [];
  const cpuBefore = usageOf([servicePid]).cpuMs;
  const startedMs = performance.now();
  let turn = 0;
  const work = async (): Promise<void> => {
    while (performance.now() - startedMs < seconds * 1000) {
      const { method, path, body } = make(turn++);
      const sentMs = performance.now();
      const answer = await pool.request({
        method,
        path,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
      times.push(performance.now() - sentMs);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, work));
    const elapsedMs = performance.now() - startedMs;
    const cpuMs = usageOf([servicePid]).cpuMs - cpuBefore;
    return {
      perSecond: (times.length * 1000) / elapsedMs,
      cpuUs: (cpuMs * 1000) / times.length,
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
    };
  } finally {
    await pool.close();
  }
}
