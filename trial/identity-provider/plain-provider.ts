import { Provider, interactionPolicy } from 'oidc-provider';
import type { AccountClaims, FindAccount, KoaContextWithOIDC } from 'oidc-provider';

import { type ProviderMakeOptions, frontChannelLogoutUrls } from './entra-provider.ts';
import type { ProviderUser } from './provider-configuration.ts';
import { findRegisteredClient } from './registered-clients.ts';
import { messagePage, signingOutPage } from './sign-in-pages.ts';

const HOUR_SECONDS = 3600;

/**
 * oidc-provider nearly as it comes: no tenant in any path, `sub` for an id and neither `oid` nor `tid`, names and groups at
 * the userinfo endpoint alone (OpenID Connect Core section 5.4), secrets by HTTP Basic, `iss` in its answers (RFC 9207).
 */
export function makePlainProvider(options: ProviderMakeOptions): Provider {
  const { configuration, state, issuer } = options;
  const { tenantName, users } = configuration;
  const findAccount: FindAccount = (_context, id) => {
    const user = users.find((candidate) => candidate.id === id);
    return user && { accountId: user.id, claims: () => plainClaims(user) };
  };
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return new Provider(issuer, {
    adapter: (model: string) =>
      state.adapter(model, (id) => findRegisteredClient(configuration, options.serviceUrls, id)),
    jwks: { keys: [state.signingKey] },
    cookies: { keys: [state.cookieKey] },
    findAccount,
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'], email: ['email', 'email_verified'] },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    interactions: { policy, url: (_context, interaction) => `/login/${interaction.uid}` },
    loadExistingGrant: async (context) => grantProfile(context),
    ttl: {
      AccessToken: HOUR_SECONDS,
      AuthorizationCode: 60,
      IdToken: HOUR_SECONDS,
      Interaction: HOUR_SECONDS,
      Grant: 24 * HOUR_SECONDS,
      RefreshToken: 24 * HOUR_SECONDS,
      Session: 24 * HOUR_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = signingOutPage(tenantName, form, frontChannelLogoutUrls(context, options));
        },
        postLogoutSuccessSource: (context) => {
          context.body = messagePage(tenantName, 'You are signed out', 'You may close this window.');
        },
      },
    },
    renderError: (context, out) => {
      context.type = 'html';
      context.body = messagePage(tenantName, 'Sign-in failed', out.error_description ?? out.error, out.error);
    },
    fetch: (url, init) => options.fetch(url, init),
  });
}

function plainClaims(user: ProviderUser): AccountClaims {
  return {
    sub: user.id,
    name: user.displayName,
    preferred_username: user.name,
    email: user.userPrincipalName,
    email_verified: true,
    groups: user.groups,
  };
}

async function grantProfile(context: KoaContextWithOIDC) {
  const { oidc } = context;
  const accountId = oidc.session?.accountId;
  const clientId = oidc.client?.clientId;
  if (accountId === undefined || clientId === undefined) return undefined;
  const grant = new oidc.provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid profile email offline_access');
  await grant.save();
  return grant;
}
