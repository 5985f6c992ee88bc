import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { AdministratorSignIn } from '../../src-shared/connector/service-description.ts';

const CLIENT_ID = 'postern-desktop';
const RESOURCE = 'https://postern.example/graph';
const SCOPE = 'postern.admin';

/** What becomes of a device code before its user could even type it. */
export type DeviceDecision = 'approve' | 'deny' | 'leave';

export interface PlainProviderOptions {
  /** Asked for each code; nothing is decided where absent. */
  readonly decide?: (userCode: string) => DeviceDecision;
  /** Life of a device code. */
  readonly deviceCodeSeconds?: number;
}

/** An OpenID provider as the standards have it, and in nothing as Entra does. */
export interface PlainProvider {
  /** How a service would describe it. */
  readonly signIn: AdministratorSignIn;
  /** The person whom the next approval is for. */
  person: string;
  /** Requests to the token endpoint, by grant. */
  readonly tokenRequests: readonly string[];
  /** Ends every grant that was given. */
  revokeAll(): Promise<void>;
  close(): Promise<void>;
}

/** Starts oidc-provider on plain http with its own paths, RFC 8628 to the letter, and JWT access tokens by resource. The caller closes it. */
export async function startPlainProvider(options: PlainProviderOptions = {}): Promise<PlainProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const grants: string[] = [];
  const tokenRequests: string[] = [];
  const state = { person: 'ada' };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        redirect_uris: ['http://localhost'],
      },
    ],
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} the admin`, preferred_username: `${id}@plain.example` }),
    }),
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    scopes: ['openid', 'profile', 'offline_access'],
    // A provider that takes a renewal with an old refresh token for a theft, and ends the grant.
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    ttl: {
      DeviceCode: options.deviceCodeSeconds ?? 600,
      AccessToken: 3600,
      RefreshToken: 86_400,
      Grant: 86_400,
      IdToken: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: SCOPE, audience: RESOURCE, accessTokenFormat: 'jwt' }),
      },
    },
  });
  const settle = async (userCode: string): Promise<void> => {
    const decision = options.decide?.(userCode) ?? 'leave';
    const code = await provider.DeviceCode.findByUserCode(userCode.replaceAll('-', ''));
    if (code === undefined || decision === 'leave') return;
    if (decision === 'deny') {
      Object.assign(code, { error: 'access_denied', errorDescription: 'The person said no.' });
    } else {
      const grant = new provider.Grant({ accountId: state.person, clientId: CLIENT_ID });
      grant.addOIDCScope('openid profile offline_access');
      grant.addResourceScope(RESOURCE, SCOPE);
      const grantId = await grant.save();
      grants.push(grantId);
      const scope = `openid profile offline_access ${SCOPE}`;
      const authTime = Math.floor(Date.now() / 1000);
      Object.assign(code, { accountId: state.person, grantId, scope, claims: {}, resource: RESOURCE, authTime });
    }
    await code.save();
  };
  provider.use(async (context, next) => {
    await next();
    const { path, body } = context as { path: string; body: unknown };
    if (path === '/device/auth' && typeof body === 'object' && body !== null && 'user_code' in body) {
      await settle(String(body.user_code));
    }
    if (path === '/token') {
      const { oidc } = context as unknown as { oidc?: { params?: { grant_type?: string } } };
      tokenRequests.push(String(oidc?.params?.grant_type));
    }
  });
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
  return {
    signIn: {
      mode: 'oidc',
      authority: `https://127.0.0.1:${port}`,
      authorityMetadata: await discovery.text(),
      knownAuthorities: [`127.0.0.1:${port}`],
      clientId: CLIENT_ID,
      apiScope: SCOPE,
      apiResource: RESOURCE,
    },
    get person() {
      return state.person;
    },
    set person(name) {
      state.person = name;
    },
    tokenRequests,
    revokeAll: async () => {
      for (const id of grants) await (await provider.Grant.find(id))?.destroy();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
