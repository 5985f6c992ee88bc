import { createPublicKey } from 'node:crypto';

import type { AdapterPayload } from 'oidc-provider';

import type { ProviderConfiguration } from './provider-configuration.ts';

/** Where the service answers a provider, relative to its address. */
const SERVICE_CALLBACK_PATH = '/.postern/signin/callback';
export const SERVICE_FRONT_CHANNEL_LOGOUT_PATH = '/.postern/signin/frontchannel-logout';
const SERVICE_BACK_CHANNEL_LOGOUT_PATH = '/.postern/signin/backchannel-logout';
/** The service may send people to any of these after it signed them out. */
const SERVICE_POST_LOGOUT_PATHS = ['/.postern/signed-out', '/'];

/** The metadata of a client by its id, as oidc-provider wants it, or undefined for an unknown one. */
export function findRegisteredClient(
  { clients, kind, applications = [] }: Pick<ProviderConfiguration, 'clients' | 'kind' | 'applications'>,
  serviceUrls: readonly string[],
  clientId: string,
): AdapterPayload | undefined {
  // Entra's `sub` is pairwise by client and not by host: an own sector per client, which nothing ever fetches.
  const isPlain = kind === 'plain';
  const pairwise = isPlain
    ? {}
    : ({ subject_type: 'pairwise', sector_identifier_uri: `https://${clientId}.sector.invalid/` } as const);
  const secretMethod = isPlain ? 'client_secret_basic' : 'client_secret_post';
  const application = applications.find((each) => each.clientId === clientId);
  if (application !== undefined) {
    return {
      ...pairwise,
      client_id: clientId,
      client_secret: application.clientSecret,
      client_name: application.displayName,
      application_type: 'web',
      token_endpoint_auth_method: secretMethod,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: application.redirectUris,
    };
  }
  const { service, desktop, automation } = clients;
  switch (clientId) {
    case service.clientId: {
      const first = serviceUrls[0];
      const { providerId } = service;
      const callbackPath = providerId === undefined ? SERVICE_CALLBACK_PATH : `${SERVICE_CALLBACK_PATH}/${providerId}`;
      return {
        ...pairwise,
        client_id: service.clientId,
        ...credentials(service, secretMethod),
        client_name: 'Postern',
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: serviceUrls.map((url) => new URL(callbackPath, url).href),
        post_logout_redirect_uris: serviceUrls.flatMap((url) =>
          SERVICE_POST_LOGOUT_PATHS.map((path) => new URL(path, url).href),
        ),
        ...(first === undefined
          ? {}
          : {
              backchannel_logout_uri: new URL(SERVICE_BACK_CHANNEL_LOGOUT_PATH, first).href,
              backchannel_logout_session_required: true,
            }),
      };
    }
    case desktop.clientId:
      // With device codes, pairwise subjects would ask for a jwks_uri (oidc-provider): MSAL goes by `oid` anyway.
      return {
        client_id: desktop.clientId,
        client_name: 'Postern for the desktop',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        redirect_uris: ['http://localhost', 'http://127.0.0.1'],
        post_logout_redirect_uris: ['http://localhost', 'http://127.0.0.1'],
      };
    case automation.clientId:
      return {
        client_id: automation.clientId,
        client_secret: automation.clientSecret,
        client_name: 'Postern automation',
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      };
    default:
      return undefined;
  }
}

function credentials(
  { certificate, clientSecret }: ProviderConfiguration['clients']['service'],
  secretMethod: 'client_secret_post' | 'client_secret_basic',
): Partial<AdapterPayload> {
  if (certificate === undefined) return { client_secret: clientSecret, token_endpoint_auth_method: secretMethod };
  const key = createPublicKey(certificate).export({ format: 'jwk' });
  // The algorithm is left to the key's kind.
  return { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key] } };
}
