import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ServiceConfigurationInput,
  parseServiceConfiguration,
} from '../../src-service/config/service-configuration.ts';
import { startService } from '../../src-service/service.ts';
import { startIntranet } from '../../trial/intranet/start-intranet.ts';
import { type StartedProvider, type StartProviderOptions, startProvider } from '../helpers/start-provider.ts';
import { makeTestLog } from '../helpers/test-log.ts';

/** Everything around the desktop app, real and in this process: identity provider, service and sample intranet. */
export interface World extends AsyncDisposable {
  readonly provider: StartedProvider;
  readonly serviceUrl: string;
  /** What the service keeps. */
  readonly serviceFolder: string;
  /** Ends in `/`. */
  readonly intranetUrl: string;
  /** A folder of its own for a desktop app's data; removed with the world. */
  makeFolder(name: string): string;
}

/**
 * @param extra laid over the service's configuration, top-level keys
 * @param clock of the service, ms since the epoch
 */
export async function startWorld(
  providerOptions: StartProviderOptions = {},
  extra: Partial<ServiceConfigurationInput> = {},
  clock: () => number = Date.now,
): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-e2e-'));
  const makeFolder = (name: string): string => mkdtempSync(path.join(folder, `${name}-`));
  await using started = new AsyncDisposableStack();
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const serviceFolder = makeFolder('service');
  const provider = await startProvider(providerOptions);
  started.defer(() => provider.close());
  const discovery = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
  const configuration = parseServiceConfiguration({
    displayName: 'Contoso Access',
    listen: { host: '127.0.0.1', port: 0 },
    operations: { host: '127.0.0.1', port: 0 },
    publicUrl: 'http://localhost:0/',
    applicationsDomain: 'postern.localhost',
    dataFolder: serviceFolder,
    identityProvider: {
      issuer: provider.issuer,
      clientId: provider.clients.service.clientId,
      clientSecret: provider.clients.service.clientSecret,
    },
    administrators: {
      mode: 'entra',
      authority: provider.authority.replace('http:', 'https:'),
      authorityMetadata: await discovery.text(),
      knownAuthorities: [new URL(provider.origin).host],
      clientId: provider.clients.desktop.clientId,
      apiAudience: provider.apiId,
      apiScope: provider.apiScope,
      issuer: provider.issuer,
    },
    directory: {
      users: provider.users.map(({ id, displayName, userPrincipalName }) => ({ id, displayName, userPrincipalName })),
    },
    ...extra,
  });
  const service = await startService(configuration, { log: makeTestLog(), clock });
  started.defer(() => service.close({ drainMs: 0 }));
  provider.addServiceUrl(service.url);
  const intranet = await startIntranet({ port: 0, folder: makeFolder('intranet') });
  started.defer(() => intranet.close());
  const resources = started.move();
  return {
    provider,
    serviceUrl: service.url,
    serviceFolder,
    intranetUrl: `${intranet.origin}/`,
    makeFolder,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
