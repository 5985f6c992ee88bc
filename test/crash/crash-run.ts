import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceConfigurationInput } from '../../src-service/config/service-configuration.ts';
import type { StoreLocation } from '../../src-service/store/database/open-database.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { LoggedProcess } from '../helpers/logged-process.ts';
import { NO_RATES } from '../helpers/no-rates.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { ChangeMaker } from './change-maker.ts';
import { findHalfDone } from './half-done.ts';

/** Scripts of administrators that change things at once. */
const MAKERS = 4;
/** The kill comes up to this long after a change was acknowledged, while others are under way. */
const KILL_WITHIN_MS = 8;

export interface CrashOptions {
  readonly location: StoreLocation;
  readonly kills: number;
  /** Changes acknowledged in all, spread over the kills. */
  readonly changes: number;
  readonly onKill?: (line: string) => void;
}

export interface CrashOutcome {
  readonly acknowledged: number;
  /** Changes that were under way at a kill, so that nobody knows whether they are there. */
  readonly interrupted: number;
  /** Of those, the ones that were there. */
  readonly interruptedButDone: number;
  readonly failures: readonly string[];
}

/**
 * Kills the real service with SIGKILL amid changes through the admin API, again and again, and looks after each start whether
 * what was acknowledged is there and nothing is half done.
 */
export async function runCrashes({ location, kills, changes, onKill }: CrashOptions): Promise<CrashOutcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-crash-'));
  const provider = await startProvider();
  const failures: string[] = [];
  let acknowledged = 0;
  let port = 0;
  const configurationFile = path.join(folder, 'service.json');
  const start = async (): Promise<LoggedProcess> => {
    writeFileSync(configurationFile, JSON.stringify(configure(provider, folder, port, location)));
    const service = new LoggedProcess('src-service/main.ts', ['--config', configurationFile]);
    const { url } = await service.event(({ msg }) => msg === 'service.ready');
    port = Number(new URL(String(url)).port);
    return service;
  };
  let service = await start();
  try {
    const token = await provider.automationToken();
    const api: ApiClient = makeApiClient(`http://localhost:${port}/graph/beta`, token);
    const makers = Array.from({ length: MAKERS }, (_, index) => new ChangeMaker({ api, port, name: `maker${index}` }));
    for (let kill = 1; kill <= kills; kill += 1) {
      const wanted = Math.ceil((changes * kill) / kills) - acknowledged;
      const { promise: isEnough, resolve: enough } = Promise.withResolvers<void>();
      let count = 0;
      const stop = new AbortController();
      const work = makers.map((maker) =>
        maker.run(stop.signal, () => {
          count += 1;
          if (count === wanted) enough();
        }),
      );
      await Promise.race([isEnough, Promise.all(work)]);
      await delay(Math.random() * KILL_WITHIN_MS);
      await service.kill();
      stop.abort();
      await Promise.all(work);
      acknowledged += count;
      service = await start();
      const found = [...(await findHalfDone(location)), ...(await lost(makers))];
      failures.push(...found.map((text) => `after kill ${kill}: ${text}`));
      onKill?.(`kill ${kill}: ${acknowledged} changes acknowledged, ${failures.length} faults`);
    }
    const sum = (read: (maker: ChangeMaker) => number): number =>
      makers.reduce((total, maker) => total + read(maker), 0);
    return {
      acknowledged,
      interrupted: sum((maker) => maker.interrupted),
      interruptedButDone: sum((maker) => maker.interruptedButDone),
      failures: [...failures, ...makers.flatMap((maker) => maker.refusals)],
    };
  } finally {
    await service.kill();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lost(makers: readonly ChangeMaker[]): Promise<string[]> {
  const found: string[] = [];
  for (const maker of makers) found.push(...(await maker.compare()));
  return found;
}

function configure(
  provider: StartedProvider,
  folder: string,
  port: number,
  location: StoreLocation,
): ServiceConfigurationInput {
  const { service, desktop } = provider.clients;
  return {
    listen: { host: '127.0.0.1', port },
    publicUrl: `http://localhost:${port}`,
    applicationsDomain: 'postern.localhost',
    dataFolder: path.join(folder, 'data'),
    store: location,
    limits: NO_RATES,
    operations: { host: '127.0.0.1', port: 0 },
    identityProvider: { issuer: provider.issuer, clientId: service.clientId, clientSecret: service.clientSecret },
    administrators: {
      authority: provider.authority,
      clientId: desktop.clientId,
      apiAudience: provider.apiId,
      apiScope: provider.apiScope,
      issuer: provider.issuer,
    },
  };
}
