import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type ApiWorld, startApiWorld } from '../api/world.ts';
import { endWithThisProcess } from '../end-with-this-process.ts';
import { readThreadCpu } from './thread-cpu.ts';
import type { Enrolled } from './desktop-app.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const BODY = Buffer.alloc(1024, 'x');
const WAIT_MS = 30_000;
const WARM_UP_SECONDS = 2;

/** A service with an application for anybody, served by one connector that is in a group of its own. */
export interface EngineWorld {
  readonly enrolled: Enrolled;
  /** Starts the headless connector as it runs by default, its log thrown away. */
  startHeadless(): Promise<HeadlessConnector>;
  /** Loads the connector that runs, once the application answers and after a while of the same load. */
  measure(seconds: number, pid: number): Promise<LoadFigures>;
  stop(): Promise<void>;
}

export interface HeadlessConnector {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface LoadFigures {
  readonly requestsPerSecond: number;
  /** CPU of a request in each thread of the process and its children, µs, by `readThreadCpu`'s keys. */
  readonly threadsUs: Readonly<Record<string, number>>;
}

export async function startEngineWorld(root: string, folder: string): Promise<EngineWorld> {
  const api = await startApiWorld(folder, {
    // Its rates would be what is measured.
    POSTERN_LIMITS_REQUESTS_PER_SECOND: '0',
    POSTERN_LIMITS_APPLICATION_REQUESTS_PER_SECOND: '0',
    POSTERN_LIMITS_CLIENT_REQUESTS_PER_SECOND: '0',
  });
  const backend = createServer((_request, response) => response.end(BODY));
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port: backendPort } = backend.address() as AddressInfo;
  const group = await post(api, `${PROFILE}/connectorGroups`, { name: 'Bench' });
  const externalHost = `bench.postern.localhost:${new URL(api.origin).port}`;
  const application = await post(api, '/applications', {
    displayName: 'Bench',
    onPremisesPublishing: {
      externalUrl: `http://${externalHost}/`,
      internalUrl: `http://127.0.0.1:${backendPort}/`,
      allowIpHosts: true,
      externalAuthenticationType: 'passthru',
    },
  });
  await put(api, `/applications/${application['id']}/connectorGroup/$ref`, {
    '@odata.id': `${api.origin}${api.apiPath}${PROFILE}/connectorGroups/${group['id']}`,
  });
  const { token } = await post(api, '/postern/enrolmentTokens', { maxUses: 1, connectorGroupId: group['id'] });
  const dataFolder = path.join(folder, 'bench-connector');
  const startHeadless = async (): Promise<HeadlessConnector> => {
    const args = ['src-main/connector/cli.ts', 'run', '--service', api.origin, '--data', dataFolder];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: root,
      env: { ...process.env, POSTERN_ENROLMENT_TOKEN: token ?? '', POSTERN_LOG_LEVEL: 'info' },
      stdio: 'ignore',
    });
    endWithThisProcess(child);
    await answers(api.origin, externalHost);
    return {
      pid: child.pid ?? 0,
      stop: async () => {
        child.kill('SIGTERM');
        await once(child, 'exit');
      },
    };
  };
  // The first start enrols.
  const first = await startHeadless();
  await first.stop();
  const file = path.join(dataFolder, 'connector-identity.json');
  if (!existsSync(file)) throw new Error(`There is no identity in ${dataFolder}.`);
  const description: unknown = await (await fetch(`${api.origin}/.well-known/postern`)).json();
  return {
    enrolled: { serviceUrl: api.origin, description, identity: readFileSync(file, 'utf8') },
    startHeadless,
    measure: async (seconds, pid) => {
      await answers(api.origin, externalHost);
      await load(api.origin, externalHost, WARM_UP_SECONDS);
      const before = readThreadCpu(pid);
      const { count, requestsPerSecond } = await load(api.origin, externalHost, seconds);
      const threads = Array.from(readThreadCpu(pid), ([key, cpuMs]) => {
        return [key, ((cpuMs - (before.get(key) ?? 0)) * 1000) / count] as const;
      });
      return { requestsPerSecond, threadsUs: Object.fromEntries(threads) };
    },
    stop: async () => {
      backend.close();
      backend.closeAllConnections();
      await api.stop();
    },
  };
}

async function answers(origin: string, host: string): Promise<void> {
  const untilMs = performance.now() + WAIT_MS;
  const pool = new Pool(origin, { connections: 1 });
  try {
    while (performance.now() < untilMs) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/', headers: { host } });
      await body.dump();
      if (statusCode === 200) return;
      await sleep(100);
    }
    throw new Error(`The application does not answer within ${WAIT_MS / 1000} s.`);
  } finally {
    await pool.destroy();
  }
}

async function load(
  origin: string,
  host: string,
  seconds: number,
): Promise<{ readonly count: number; readonly requestsPerSecond: number }> {
  const pool = new Pool(origin, { connections: 32 });
  let count = 0;
  const beganMs = performance.now();
  const work = async (): Promise<void> => {
    while (performance.now() - beganMs < seconds * 1000) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/', headers: { host } });
      await body.dump();
      if (statusCode !== 200) throw new Error(`The application answered ${statusCode}.`);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
  const requestsPerSecond = (count * 1000) / (performance.now() - beganMs);
  await pool.destroy();
  return { count, requestsPerSecond };
}

async function post(api: ApiWorld, route: string, body: object): Promise<Record<string, string>> {
  return ask(api, 'POST', route, body);
}

async function put(api: ApiWorld, route: string, body: object): Promise<void> {
  await ask(api, 'PUT', route, body);
}

async function ask(api: ApiWorld, method: string, route: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(`${api.origin}${api.apiPath}${route}`, {
    method,
    headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
}
