import path from 'node:path';
import { makeLocalHttp } from '../../trial/setup/local-http.ts';
import { trialAddresses } from '../../trial/setup/trial-addresses.ts';
import { TrialAdmin } from '../../trial/setup/trial-admin.ts';
import type { TrialPorts } from '../../trial/setup/trial-ports.ts';
import { openTrialState } from '../../trial/setup/trial-state.ts';
import { startChild } from '../child.ts';
import { answersWith200, until } from '../tunnel/daemon.ts';
import type { Target } from '../tunnel/peer.ts';

/** The ways to the backend: as it is, with links translated, and with those in scripts and data as well. */
export const WAYS = ['as it is', 'links', 'scripts'] as const;
export type Way = (typeof WAYS)[number];

/** A service and a connector, each a process, with one backend published three times. */
export interface TranslationWorld {
  readonly targets: Readonly<Record<Way, Target>>;
  /** Of service and connector. */
  readonly pids: readonly [service: number, connector: number];
  stop(): Promise<void>;
}

export async function startTranslationWorld(folder: string): Promise<TranslationWorld> {
  const origin = await startChild<{ port: number }>('bench/translation/origin.ts', []);
  const stateFolder = path.join(folder, 'postern');
  const args = ['--headless', '--json', '--state', stateFolder];
  const environment = {
    POSTERN_LOG_LEVEL: 'info',
    POSTERN_LIMITS_REQUESTS_PER_SECOND: '0',
    POSTERN_LIMITS_CLIENT_REQUESTS_PER_SECOND: '0',
  };
  const trial = await startChild<{ serviceUrl: string; pids: { service: number; connector: number } }>(
    'trial/start.ts',
    args,
    environment,
  );
  const stop = async (): Promise<void> => {
    await Promise.all([trial.stop(), origin.stop()]);
  };
  try {
    const targets = await publish(stateFolder, origin.ready.port, Number(new URL(trial.ready.serviceUrl).port));
    for (const way of WAYS) {
      await until('Postern forwards', () => answersWith200(targets[way], '/identity/links'));
    }
    const { service, connector } = trial.ready.pids;
    return { targets, pids: [service, connector], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function publish(stateFolder: string, originPort: number, port: number): Promise<Record<Way, Target>> {
  const state = openTrialState(stateFolder, false, false);
  const addresses = trialAddresses(state.ports as TrialPorts, false, state.tenantId);
  const local = makeLocalHttp(null);
  try {
    const admin = await TrialAdmin.signIn(local.http, addresses, state);
    const make = async (name: string, way: Way): Promise<Target> => {
      const host = `${name}.${addresses.applicationsDomain}:${port}`;
      await admin.ensureApplication(undefined, {
        displayName: name,
        onPremisesPublishing: {
          externalUrl: `http://${host}/`,
          internalUrl: `http://localhost:${originPort}/`,
          externalAuthenticationType: 'passthru',
          maximumRequestsPerSecond: 0,
          isTranslateLinksInBodyEnabled: way !== 'as it is',
          isTranslateLinksInScriptsEnabled: way === 'scripts',
        },
      });
      return { port, headers: { Host: host } };
    };
    return {
      'as it is': await make('plain', 'as it is'),
      links: await make('links', 'links'),
      scripts: await make('scripts', 'scripts'),
    };
  } finally {
    await local.close();
  }
}
