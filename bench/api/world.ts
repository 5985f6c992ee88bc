import path from 'node:path';
import { z } from 'zod';
import { makeLocalHttp } from '../../trial/setup/local-http.ts';
import { trialAddresses } from '../../trial/setup/trial-addresses.ts';
import { automationScope } from '../../trial/setup/trial-admin.ts';
import type { TrialPorts } from '../../trial/setup/trial-ports.ts';
import { openTrialState } from '../../trial/setup/trial-state.ts';
import { startChild } from '../child.ts';

/** A service with a connector, each a process, and a token for its admin API. */
export interface ApiWorld {
  readonly origin: string;
  readonly apiPath: string;
  readonly token: string;
  readonly servicePid: number;
  stop(): Promise<void>;
}

/** @param environment what makes the service keep its state elsewhere than in SQLite */
export async function startApiWorld(folder: string, environment: Readonly<Record<string, string>>): Promise<ApiWorld> {
  const stateFolder = path.join(folder, 'trial');
  const args = ['--headless', '--json', '--state', stateFolder];
  const trial = await startChild<{ pids: { service: number } }>('trial/start.ts', args, {
    POSTERN_LOG_LEVEL: 'warn',
    ...environment,
  });
  const state = openTrialState(stateFolder, false, false);
  const addresses = trialAddresses(state.ports as TrialPorts, false, state.tenantId);
  const local = makeLocalHttp(null);
  try {
    const { clientId, clientSecret } = state.clients.automation;
    const answer = await local.http(addresses.tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: automationScope(state),
      }).toString(),
    });
    const { access_token: token } = z.object({ access_token: z.string() }).parse(JSON.parse(answer.text));
    const { port, pathname } = new URL(addresses.apiBaseUrl);
    return {
      origin: `http://localhost:${port}`,
      apiPath: pathname,
      token,
      servicePid: trial.ready.pids.service,
      stop: () => trial.stop(),
    };
  } catch (error) {
    await trial.stop();
    throw error;
  } finally {
    await local.close();
  }
}
