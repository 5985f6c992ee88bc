import { setTimeout as delay } from 'node:timers/promises';
import { type ApiAnswer, type ApiClient, makeApiClient } from './api-client.ts';
import { type RunningConnector, startConnector, untilState } from './start-connector.ts';
import { type StartProviderOptions, type StartedProvider, startProvider } from './start-provider.ts';
import { type StartServiceOptions, type StartedService, startService } from './start-service.ts';

/** By then a connector knows what was published (B63), if there is one. */
const KNOWN_MS = 2000;

/** A service with a connector, to which applications are published through the admin API. */
export interface PublishingWorld {
  readonly provider: StartedProvider;
  readonly service: StartedService;
  readonly connector: RunningConnector;
  readonly api: ApiClient;
  /** Port of the service, and so of every external URL. */
  readonly port: number;
  /** Publishes for anybody unless told otherwise. @throws when the API refuses */
  publish(onPremisesPublishing: Record<string, unknown>, application?: Record<string, unknown>): Promise<string>;
  /** The same, whatever the API answers. */
  tryToPublish(onPremisesPublishing: Record<string, unknown>): Promise<ApiAnswer>;
  close(): Promise<void>;
}

export async function startPublishingWorld(
  providerOptions: StartProviderOptions = {},
  configuration: NonNullable<StartServiceOptions['configuration']> = {},
  clock?: () => number,
): Promise<PublishingWorld> {
  const provider = await startProvider(providerOptions);
  const service = await startService({ provider, configuration, ...(clock && { clock }) });
  const api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  const { body } = await api('POST', '/postern/enrolmentTokens', { maxUses: 1 });
  const connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token: String(body.token) },
  });
  const create = (
    onPremisesPublishing: Record<string, unknown>,
    application: Record<string, unknown> = {},
  ): Promise<ApiAnswer> =>
    api('POST', '/applications', {
      displayName: String(onPremisesPublishing['externalUrl']),
      ...application,
      onPremisesPublishing: { allowIpHosts: true, externalAuthenticationType: 'passthru', ...onPremisesPublishing },
    });
  return {
    provider,
    service,
    connector,
    api,
    port: Number(new URL(service.url).port),
    publish: async (onPremisesPublishing, application) => {
      const answer = await create(onPremisesPublishing, application);
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      const id = String(answer.body.id);
      // A request that is there before the connector knows the application is refused with 502. Some tests have ended theirs.
      const known = untilState(connector.engine, ({ applications }) => applications.some((each) => each.id === id));
      await Promise.race([known, delay(KNOWN_MS, undefined, { ref: false })]);
      return id;
    },
    tryToPublish: (onPremisesPublishing) => create(onPremisesPublishing),
    close: async () => {
      await connector.close();
      await service.close();
      await provider.close();
    },
  };
}
