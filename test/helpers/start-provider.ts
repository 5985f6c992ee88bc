import { randomUUID } from 'node:crypto';

import type {
  ProviderClients,
  ProviderConfiguration,
  ProviderUser,
} from '../../trial/identity-provider/provider-configuration.ts';
import { startIdentityProvider } from '../../trial/identity-provider/start-identity-provider.ts';
import type { RunningIdentityProvider } from '../../trial/identity-provider/start-identity-provider.ts';
import { makeTrialUsers } from '../../trial/trial-users.ts';
import { rememberSecret } from './test-log.ts';

export interface StartProviderOptions {
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  readonly caFile?: string;
  readonly stateFile?: string;
  /** `entra` where absent. */
  readonly kind?: NonNullable<ProviderConfiguration['kind']>;
  readonly publicOrigin?: string;
  /** Its id in the settings of the service, where it is not the default one there. */
  readonly providerId?: string;
  readonly applications?: NonNullable<ProviderConfiguration['applications']>;
  /** A free one where absent; that of one that was closed stands for its restart, with the same ids. */
  readonly port?: number;
  readonly tenantId?: string;
  readonly apiId?: string;
  readonly users?: readonly ProviderUser[];
  readonly clients?: ProviderClients;
  readonly issuesRefreshTokens?: boolean;
  readonly rotatesRefreshTokens?: boolean;
  readonly repeatsAuthentication?: boolean;
  /** Addresses of services that may sign users in; `addServiceUrl` adds one later. */
  readonly serviceUrls?: readonly string[];
}

export interface StartedProvider extends RunningIdentityProvider {
  readonly tenantId: string;
  /** MSAL's authority: the issuer without `/v2.0`. */
  readonly authority: string;
  readonly tokenEndpoint: string;
  readonly endSessionEndpoint: string;
  readonly apiId: string;
  /** The scope of an administrator: `api://{apiId}/access_as_user`. */
  readonly apiScope: string;
  readonly clients: ProviderClients;
  readonly users: readonly ProviderUser[];
  /** Read at each use: what is set holds for the next token or code. */
  readonly lifetimes: { apiTokenSeconds: number; deviceCodeSeconds: number };
  /** Keeps a user out from now on, or lets them in again. */
  setRemoved(name: string, isRemoved: boolean): void;
  /** A user by name: `alice`, `bob`, `admin`. */
  user(name: string): ProviderUser;
  /** Puts a user into groups from now on, as an administrator of the directory would. */
  setGroups(name: string, groups: readonly string[]): void;
  /** An access token for the admin API by client credentials. */
  automationToken(): Promise<string>;
}

/** The stand-in identity provider in this process, on a free loopback port. The caller closes it. */
export async function startProvider(options: StartProviderOptions = {}): Promise<StartedProvider> {
  const users = [...(options.users ?? makeTrialUsers())];
  const clients = options.clients ?? {
    service: {
      clientId: randomUUID(),
      clientSecret: randomUUID(),
      serviceUrls: [...(options.serviceUrls ?? [])],
      ...(options.providerId !== undefined && { providerId: options.providerId }),
    },
    desktop: { clientId: randomUUID() },
    automation: { clientId: randomUUID(), clientSecret: randomUUID(), apiRoles: ['Application.Administrator'] },
  };
  const lifetimes = { apiTokenSeconds: 3600, deviceCodeSeconds: 900 };
  const everybody = [...users];
  const configuration: ProviderConfiguration = {
    listen: { host: '127.0.0.1', port: options.port ?? 0 },
    ...(options.tls ? { tls: options.tls } : {}),
    ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
    ...(options.kind && { kind: options.kind }),
    ...(options.publicOrigin !== undefined && { publicOrigin: options.publicOrigin }),
    ...(options.applications && { applications: [...options.applications] }),
    ...(options.stateFile === undefined ? {} : { stateFile: options.stateFile }),
    tenantId: options.tenantId ?? randomUUID(),
    tenantName: 'Contoso',
    apiId: options.apiId ?? randomUUID(),
    users,
    issuesRefreshTokens: options.issuesRefreshTokens ?? true,
    rotatesRefreshTokens: options.rotatesRefreshTokens ?? false,
    repeatsAuthentication: options.repeatsAuthentication ?? true,
    lifetimes,
    clients,
  };
  for (const { password } of users) rememberSecret('password', password);
  for (const { clientSecret } of [clients.service, clients.automation]) rememberSecret('client secret', clientSecret);
  const running = await startIdentityProvider(configuration, rememberTokens);
  const { tenantId, apiId } = configuration;
  const isPlain = options.kind === 'plain';
  const endpoints = `${running.origin}/${tenantId}/oauth2/v2.0`;
  const tokenEndpoint = isPlain ? `${running.origin}/token` : `${endpoints}/token`;
  return {
    ...running,
    tenantId,
    authority: isPlain ? running.origin : `${running.origin}/${tenantId}`,
    tokenEndpoint,
    endSessionEndpoint: isPlain ? `${running.origin}/session/end` : `${endpoints}/logout`,
    apiId,
    apiScope: `api://${apiId}/access_as_user`,
    clients,
    users: everybody,
    lifetimes,
    setRemoved: (name, isRemoved) => {
      const kept = everybody.filter((user) => user.name !== name || !isRemoved);
      users.splice(0, users.length, ...kept);
    },
    user: (name) => {
      const user = everybody.find((candidate) => candidate.name === name);
      if (!user) throw new Error(`The provider has no user ${name}.`);
      return user;
    },
    setGroups: (name, groups) => {
      const index = users.findIndex((candidate) => candidate.name === name);
      users[index] = { ...(users[index] as ProviderUser), groups: [...groups] };
    },
    automationToken: async () => {
      const { clientId, clientSecret } = clients.automation;
      const answer = await fetch(tokenEndpoint, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
          scope: `api://${apiId}/.default`,
        }),
      });
      const body = (await answer.json()) as { access_token?: string };
      if (body.access_token === undefined) throw new Error(`No token: ${JSON.stringify(body)}`);
      return body.access_token;
    },
  };
}

const TOKENS = { access_token: 'access token', id_token: 'ID token', refresh_token: 'refresh token' } as const;

function rememberTokens(body: Readonly<Record<string, unknown>>): void {
  for (const [name, kind] of Object.entries(TOKENS)) {
    const token = body[name];
    if (typeof token === 'string') rememberSecret(kind, token);
  }
}
