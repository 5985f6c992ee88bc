import { Provider, interactionPolicy } from 'oidc-provider';
import type { Configuration, FindAccount, KoaContextWithOIDC } from 'oidc-provider';

import { contextsOf, hasAsked, readAskedAuthentication } from './asked-authentication.ts';
import { idTokenClaims, pairwiseSubject, shapeAccessToken } from './entra-claims.ts';
import { GRAPH_RESOURCE, GRAPH_SCOPES } from './graph-groups.ts';
import type { ProviderConfiguration } from './provider-configuration.ts';
import type { ProviderState } from './provider-state.ts';
import { SERVICE_FRONT_CHANNEL_LOGOUT_PATH, findRegisteredClient } from './registered-clients.ts';
import { deviceCodePage, deviceConfirmPage, messagePage, signingOutPage } from './sign-in-pages.ts';

/** How a user proved who they are; Entra has them where the registration asks for the optional claims. */
const AUTHENTICATION_CLAIMS = ['acr', 'acrs', 'amr', 'auth_time'];
const NO_AUTHENTICATION = { acr: undefined, amr: undefined };
const HOUR_SECONDS = 3600;
/** AADSTS50057. */
const USER_DISABLED = 50_057;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** What a provider of either kind is made of. */
export interface ProviderMakeOptions {
  readonly configuration: ProviderConfiguration;
  readonly state: ProviderState;
  readonly issuer: string;
  /** Read at each look-up, so that a service may be registered while the provider runs. */
  readonly serviceUrls: readonly string[];
  /** Sends the back-channel logout; trusts what the configuration says. */
  readonly fetch: typeof globalThis.fetch;
}

/**
 * oidc-provider set up to answer as Entra v2.0: the tenant in every path, `oid` and `tid`, audiences by scope prefix,
 * no consent, refresh tokens for whoever asks for `offline_access`, JWT access tokens in Entra's shape.
 */
export function makeEntraProvider(options: ProviderMakeOptions): Provider {
  const { configuration, state, issuer, serviceUrls } = options;
  const { tenantId, tenantName, apiId, users, lifetimes, issuesRefreshTokens, rotatesRefreshTokens } = configuration;
  const apiUri = `api://${apiId}`;
  const apiScope = `${apiUri}/access_as_user ${apiUri}/.default`;

  const findAccount: FindAccount = (_context, id, token) => {
    const user = state.isDisabled(id) ? undefined : users.find((candidate) => candidate.id === id);
    if (!configuration.repeatsAuthentication && isRefreshToken(token)) Object.assign(token, NO_AUTHENTICATION);
    return user && { accountId: user.id, claims: () => ({ ...idTokenClaims(tenantId, user), ...acrsOf(token) }) };
  };

  const optionalClaims = users.flatMap((user) => Object.keys(user.claims));

  const policy = interactionPolicy.base();
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('asked', 'A stronger sign-in is asked for', ({ oidc }) => {
      if (oidc.result?.login !== undefined) return interactionPolicy.Check.NO_NEED_TO_PROMPT;
      const asked = readAskedAuthentication(oidc.params ?? {});
      const { acr, amr } = oidc;
      const isThere = hasAsked(asked, { ...(acr !== undefined && { acr }), ...(amr !== undefined && { amr }) });
      return isThere ? interactionPolicy.Check.NO_NEED_TO_PROMPT : interactionPolicy.Check.REQUEST_PROMPT;
    }),
  );
  policy.get('consent')?.checks.remove('native_client_prompt');
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

  const setup: Configuration = {
    adapter: (model: string) => state.adapter(model, (id) => findRegisteredClient(configuration, serviceUrls, id)),
    jwks: { keys: [state.signingKey] },
    cookies: { keys: [state.cookieKey] },
    findAccount,
    conformIdTokenClaims: false,
    claims: {
      openid: [
        'sub',
        'oid',
        'tid',
        'ver',
        'groups',
        'roles',
        '_claim_names',
        '_claim_sources',
        ...optionalClaims,
        ...AUTHENTICATION_CLAIMS,
      ],
      profile: ['name', 'preferred_username', 'upn'],
      email: ['email'],
    },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_context, accountId, client) => pairwiseSubject(accountId, client.clientId),
    sectorIdentifierUriValidate: () => false,
    interactions: { policy, url: (_context, interaction) => `/${tenantId}/login/${interaction.uid}` },
    loadExistingGrant: async (context) => grantEverything(context, apiUri, apiScope),
    issueRefreshToken: async (_context, client, source) => {
      if (!issuesRefreshTokens || !client.grantTypeAllowed('refresh_token')) return false;
      // oidc-provider drops the scope unless the user was asked for consent; Entra keeps it, and MSAL repeats it.
      if (source.scope && !source.scope.split(' ').includes('offline_access')) source.scope += ' offline_access';
      return true;
    },
    rotateRefreshToken: rotatesRefreshTokens,
    expiresWithSession: () => false,
    clientBasedCORS: () => true,
    pkce: { required: () => false },
    routes: {
      authorization: `/${tenantId}/oauth2/v2.0/authorize`,
      token: `/${tenantId}/oauth2/v2.0/token`,
      device_authorization: `/${tenantId}/oauth2/v2.0/devicecode`,
      end_session: `/${tenantId}/oauth2/v2.0/logout`,
      userinfo: `/${tenantId}/oidc/userinfo`,
      jwks: `/${tenantId}/discovery/v2.0/keys`,
      code_verification: '/devicelogin',
    },
    ttl: {
      AccessToken: (_context, { resourceServer }) => resourceServer?.accessTokenTTL ?? HOUR_SECONDS,
      AuthorizationCode: 60,
      ClientCredentials: HOUR_SECONDS,
      DeviceCode: () => lifetimes.deviceCodeSeconds,
      IdToken: HOUR_SECONDS,
      Interaction: HOUR_SECONDS,
      Grant: 90 * DAY_SECONDS,
      RefreshToken: 90 * DAY_SECONDS,
      Session: DAY_SECONDS,
    },
    formats: {
      customizers: { jwt: async (_context, token, structured) => shapeAccessToken(configuration, token, structured) },
    },
    features: {
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      clientCredentials: { enabled: true },
      userinfo: { enabled: true },
      claimsParameter: { enabled: true },
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
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        userCodeInputSource: (context, form, _out, error) => {
          context.body = deviceCodePage(tenantName, form, error !== undefined);
        },
        userCodeConfirmSource: (context, form, client, _device, userCode) => {
          context.body = deviceConfirmPage(tenantName, form, client.clientName ?? client.clientId, userCode);
        },
        successSource: (context) => {
          context.body = messagePage(
            tenantName,
            'You are signed in',
            'Go back to your device; you may close this window.',
          );
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (context, _client, oneOf) => {
          if (oneOf && oneOf.length > 0) return oneOf.find((uri) => uri === apiUri) ?? oneOf;
          const scope = context.oidc.params?.['scope'];
          if (isAskedFor(scope, apiUri)) return apiUri;
          return isAskedFor(scope, GRAPH_RESOURCE) ? GRAPH_RESOURCE : [];
        },
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, uri) => {
          const common = { accessTokenFormat: 'jwt', accessTokenTTL: HOUR_SECONDS } as const;
          if (uri === GRAPH_RESOURCE) return { ...common, scope: GRAPH_SCOPES.join(' '), audience: GRAPH_RESOURCE };
          if (uri !== apiUri) throw new Error(`No API is registered under ${uri}.`);
          return { ...common, accessTokenTTL: lifetimes.apiTokenSeconds, scope: apiScope, audience: apiId };
        },
      },
    },
    renderError: (context, out) => {
      context.type = 'html';
      context.body = messagePage(tenantName, 'Sign-in failed', out.error_description ?? out.error, out.error);
    },
    fetch: (url, init) => options.fetch(url, init),
  };

  const provider = new Provider(issuer, setup);
  provider.use(async (context, next) => {
    await next();
    addEntraFields(context as KoaContextWithOIDC, tenantId);
    addEntraErrorCodes(context as KoaContextWithOIDC, state);
  });
  return provider;
}

function isRefreshToken(token: object | undefined): token is object {
  return token !== undefined && 'kind' in token && token.kind === 'RefreshToken';
}

/** Entra's authentication contexts, which this provider keeps in the `acr` of its session. */
function acrsOf(token: object | undefined): { acrs?: string[] } {
  const acr: unknown = token && Reflect.get(token, 'acr');
  return typeof acr === 'string' ? { acrs: contextsOf(acr) } : {};
}

function isAskedFor(scope: unknown, apiUri: string): boolean {
  return typeof scope === 'string' && scope.split(' ').some((name) => name.startsWith(`${apiUri}/`));
}

/** The grant that an administrator's consent for the whole tenant would be. */
async function grantEverything(context: KoaContextWithOIDC, apiUri: string, apiScope: string) {
  const { oidc } = context;
  const accountId = oidc.session?.accountId;
  const clientId = oidc.client?.clientId;
  if (accountId === undefined || clientId === undefined) return undefined;
  const grant = new oidc.provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid profile email offline_access');
  grant.addOIDCClaims([
    ...AUTHENTICATION_CLAIMS,
    'oid',
    'tid',
    'groups',
    'roles',
    'upn',
    'email',
    'name',
    'preferred_username',
  ]);
  grant.addResourceScope(apiUri, apiScope);
  grant.addResourceScope(GRAPH_RESOURCE, GRAPH_SCOPES.join(' '));
  await grant.save();
  return grant;
}

/** What Entra says otherwise than the standards: `client_info` for MSAL's account id, `message` beside a device code, no address with the code in it. */
function addEntraFields(context: KoaContextWithOIDC, tenantId: string): void {
  if (context.status !== 200 || typeof context.body !== 'object' || context.body === null) return;
  const body = context.body as Record<string, unknown>;
  if ('id_token' in body && 'access_token' in body) {
    const userId = context.oidc.account?.accountId;
    body['client_info'] = Buffer.from(JSON.stringify({ uid: userId, utid: tenantId })).toString('base64url');
  }
  if ('device_code' in body) {
    body['interval'] = 1;
    delete body['verification_uri_complete'];
    body['message'] =
      `To sign in, use a web browser to open the page ${String(body['verification_uri'])} ` +
      `and enter the code ${String(body['user_code'])} to authenticate.`;
  }
}

/** Entra says by a number why a grant is not good any more. */
function addEntraErrorCodes({ body, oidc }: KoaContextWithOIDC, state: ProviderState): void {
  if (typeof body !== 'object' || body === null || !('error' in body) || body.error !== 'invalid_grant') return;
  const userId = oidc?.entities.RefreshToken?.accountId;
  if (userId === undefined || !state.isDisabled(userId)) return;
  const description = 'AADSTS50057: The user account is disabled.';
  Object.assign(body, { error_description: description, error_codes: [USER_DISABLED] });
}

/** Addresses that the sign-out page opens in frames, each with `iss` and the session's `sid`. */
export function frontChannelLogoutUrls(context: KoaContextWithOIDC, options: ProviderMakeOptions): readonly string[] {
  const { clientId } = options.configuration.clients.service;
  const session = context.oidc.session;
  if (!session?.authorizations || !(clientId in session.authorizations)) return [];
  return options.serviceUrls.map((serviceUrl) => {
    const url = new URL(SERVICE_FRONT_CHANNEL_LOGOUT_PATH, serviceUrl);
    url.searchParams.set('iss', options.issuer);
    url.searchParams.set('sid', session.sidFor(clientId) ?? '');
    return url.href;
  });
}
