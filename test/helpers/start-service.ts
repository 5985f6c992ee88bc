import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import {
  type ServiceConfigurationInput,
  parseServiceConfiguration,
} from '../../src-service/config/service-configuration.ts';
import { startService as start } from '../../src-service/service.ts';
import { findSealingKeys } from '../../src-service/store/find-sealing-keys.ts';
import { NO_RATES } from './no-rates.ts';
import { userRequestsOfTest } from './user-requests.ts';
import type { StartedProvider } from './start-provider.ts';
import { makeTestLog, rememberSecret } from './test-log.ts';
import { storeForFolder } from './test-store.ts';

export interface StartServiceOptions {
  readonly provider: StartedProvider;
  /** Kept by the caller, so that a second start finds the state of the first; a fresh one that `close` removes where absent. */
  readonly dataFolder?: string;
  readonly clock?: () => number;
  /** That of the test run where absent. */
  readonly log?: Logger;
  /** Laid over the configuration, top-level keys. */
  readonly configuration?: Partial<ServiceConfigurationInput>;
}

export interface StartedService {
  readonly url: string;
  readonly operationsUrl: string;
  /** Base of the admin API. */
  readonly apiBaseUrl: string;
  readonly dataFolder: string;
  /** Every route of the API. */
  readonly apiRoutes: readonly { readonly method: string; readonly path: string }[];
  /** Has the certificate files of the configuration read now. */
  reloadCertificates(): void;
  /** An external URL that this service can serve: `http://NAME.postern.localhost:PORT/`. */
  externalUrl(name: string): string;
  /** @param drainMs what running requests get to finish; nothing where absent */
  close(drainMs?: number): Promise<void>;
}

/** The whole service in this process on free loopback ports, its people signed in by `provider`. The caller closes it. */
export async function startService(options: StartServiceOptions): Promise<StartedService> {
  const { provider, clock } = options;
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'postern-service-'));
  const { service, desktop } = provider.clients;
  const configuration = parseServiceConfiguration({
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: 'http://localhost:0',
    applicationsDomain: 'postern.localhost',
    dataFolder,
    store: await storeForFolder(dataFolder),
    limits: NO_RATES,
    userRequests: userRequestsOfTest(),
    operations: { host: '127.0.0.1', port: 0 },
    identityProvider: { issuer: provider.issuer, clientId: service.clientId, clientSecret: service.clientSecret },
    administrators: {
      authority: provider.authority,
      clientId: desktop.clientId,
      apiAudience: provider.apiId,
      apiScope: provider.apiScope,
      issuer: provider.issuer,
    },
    ...options.configuration,
  });
  const running = await start(configuration, {
    log: options.log ?? makeTestLog(),
    ...(clock && { clock }),
  });
  provider.addServiceUrl(running.url);
  for (const { bytes } of findSealingKeys(configuration, {}).list()) {
    rememberSecret('sealing key', Buffer.from(bytes).toString('base64'));
  }
  const { port } = new URL(running.url);
  return {
    url: running.url,
    operationsUrl: running.operationsUrl,
    apiBaseUrl: `${running.url}/graph/beta`,
    dataFolder,
    apiRoutes: running.apiRoutes,
    reloadCertificates: () => running.reloadCertificates(),
    externalUrl: (name) => `http://${name}.postern.localhost:${port}/`,
    close: async (drainMs = 0) => {
      await running.close({ drainMs });
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
