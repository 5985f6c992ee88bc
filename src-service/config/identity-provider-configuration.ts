import { z } from 'zod';
import { isLoopbackHost } from './loopback-host.ts';

/** The id of a provider that has none of its own: that of the key `identityProvider`, which installations had alone. */
export const UNNAMED_PROVIDER_ID = 'default';
/** Each costs a few kilobytes and a button on the page that asks which. */
const MAX_PROVIDERS = 32;
/** What Kerberos grants in a domain, and Microsoft's own libraries by default. */
const CLOCK_TOLERANCE_SECONDS = 300;
const MAX_CLOCK_TOLERANCE_SECONDS = 600;

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });

/** A URL of a provider; plain http is for this machine alone. */
export const providerUrl = httpUrl.refine(
  (text) => !text.startsWith('http:') || isLoopbackHost(new URL(text).hostname),
  { error: 'must be https:// unless its host is this machine (localhost, *.localhost, 127.0.0.0/8, ::1)' },
);

/** How many groups a token holds at most is the provider's affair; beyond it Graph knows them. */
const graphSchema = z.strictObject({
  baseUrl: providerUrl.default('https://graph.microsoft.com/v1.0'),
  /** What the access token of a sign-in must permit; an administrator of the tenant consents to it. */
  scope: z.string().min(1).default('https://graph.microsoft.com/GroupMember.Read.All'),
});

/** An OpenID provider that signs users in. What depends on `kind` is checked by `findProviderContradictions`. */
export const identityProviderSchema = z.strictObject({
  /** By which applications name it. For ever: assignments and sessions hang on it. */
  id: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'must be 1 to 32 of a-z, 0-9 and hyphens, with no hyphen at an end')
    .default(UNNAMED_PROVIDER_ID),
  /** What users read where they choose one; the issuer's host where absent. */
  displayName: z.string().trim().min(1).max(120).optional(),
  /** `entra`: one tenant of Entra ID; `oidc`: any OpenID provider. */
  kind: z.enum(['entra', 'oidc']).default('oidc'),
  /** As the provider spells it in its discovery document. Of `entra` it follows from `tenantId`. */
  issuer: providerUrl.optional(),
  /** "Directory (tenant) ID" of `entra`. */
  tenantId: z.guid({ error: 'must be the GUID that the portal calls "Directory (tenant) ID"' }).optional(),
  /** Of `entra`: the sign-in host, another one in national clouds. */
  authorityHost: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/, 'must be a host name such as login.microsoftonline.us')
    .default('login.microsoftonline.com'),
  clientId: z.string().trim().min(1).max(256),
  clientSecret: z.string().min(1).optional(),
  /** In place of a secret: a private key (PEM, not encrypted), by which the service signs who it is (private_key_jwt). */
  clientKeyFile: z.string().min(1).optional(),
  /** The certificate of that key (PEM), where the provider knows it by its certificate, as Entra does. */
  clientCertificateFile: z.string().min(1).optional(),
  /** `kid` of that key, where the provider knows it by a JWK Set. */
  clientKeyId: z.string().min(1).max(256).optional(),
  /** How the secret travels; absent: in the body where the provider takes it there, else by HTTP Basic. */
  clientAuthentication: z.enum(['client_secret_post', 'client_secret_basic']).optional(),
  scopes: z.array(z.string().min(1)).min(1).default(['openid', 'profile', 'email']),
  /** PEM with the certificates of authorities to trust for the provider, beside the public ones. */
  caFile: z.string().min(1).optional(),
  /** How far the provider's clock may be from ours. */
  clockToleranceSeconds: z.number().int().min(0).max(MAX_CLOCK_TOLERANCE_SECONDS).default(CLOCK_TOLERANCE_SECONDS),
  /** Asked for the groups of those who have more than a token holds. Absent: their groups are unknown, and open nothing. */
  graph: graphSchema.optional(),
});
export const identityProvidersSchema = z.array(identityProviderSchema).max(MAX_PROVIDERS);

type ProviderInput = z.infer<typeof identityProviderSchema>;

/** A provider with what follows from its settings. */
export type IdentityProviderConfiguration = Omit<ProviderInput, 'issuer' | 'displayName'> & {
  readonly issuer: string;
  readonly displayName: string;
};

interface ProviderKeys {
  readonly identityProvider?: ProviderInput | undefined;
  readonly identityProviders: readonly ProviderInput[];
}

/** All providers of a configuration that was checked. The first is the default one. */
export function listIdentityProviders(configuration: ProviderKeys): IdentityProviderConfiguration[] {
  return withPlaces(configuration).map(({ provider }) => {
    const issuer = issuerOf(provider);
    return { ...provider, issuer, displayName: provider.displayName ?? new URL(issuer).host };
  });
}

/** Settings of providers that are right each by itself, but not together: one line each. */
export function findProviderContradictions(configuration: ProviderKeys): string[] {
  const providers = withPlaces(configuration);
  if (providers.length === 0) {
    return ['identityProvider: is missing, and so is identityProviders. Name at least one provider to sign users in.'];
  }
  const lines = providers.flatMap(({ place, provider }) =>
    problemsOf(provider).map(([key, text]) => `${place}.${key}: ${text}`),
  );
  if (lines.length > 0) return lines;
  const ids = new Map<string, string>();
  const issuers = new Map<string, string>();
  for (const { place, provider } of providers) {
    const { id } = provider;
    const issuer = issuerOf(provider);
    const idHolder = ids.get(id);
    if (idHolder !== undefined) lines.push(`${place}.id: ${id} is the id of ${idHolder} already. Each needs its own.`);
    const holder = issuers.get(issuer);
    if (holder !== undefined) {
      lines.push(`${place}.issuer: ${issuer} is that of ${holder} already. By the issuer tokens are told apart.`);
    }
    ids.set(id, place);
    issuers.set(issuer, place);
  }
  return lines;
}

function withPlaces({ identityProvider, identityProviders }: ProviderKeys): {
  readonly place: string;
  readonly provider: ProviderInput;
}[] {
  const listed = identityProviders.map((provider, index) => ({ place: `identityProviders[${index}]`, provider }));
  if (identityProvider === undefined) return listed;
  return [{ place: 'identityProvider', provider: identityProvider }, ...listed];
}

function issuerOf({ kind, issuer, tenantId, authorityHost }: ProviderInput): string {
  // Entra spells its issuer in lower case, whatever the settings do.
  return kind === 'entra' ? `https://${authorityHost}/${tenantId?.toLowerCase()}/v2.0` : (issuer ?? '');
}

function problemsOf(provider: ProviderInput): [string, string][] {
  const { kind, clientSecret, clientKeyFile, clientCertificateFile, clientKeyId, clientAuthentication } = provider;
  const problems: [string, string][] = [];
  if (kind === 'oidc') {
    if (provider.issuer === undefined) problems.push(['issuer', 'is missing. It stands in the discovery document.']);
    if (provider.tenantId !== undefined) problems.push(['tenantId', 'is for kind entra. Leave it out, or set kind.']);
  } else {
    if (provider.tenantId === undefined) {
      problems.push(['tenantId', 'is missing. The portal calls it "Directory (tenant) ID".']);
    }
    if (provider.issuer !== undefined) {
      problems.push(['issuer', 'follows from tenantId for kind entra. Leave it out, or set kind to oidc.']);
    }
  }
  if (clientSecret === undefined && clientKeyFile === undefined) {
    problems.push(['clientSecret', 'is missing. Set it, or clientKeyFile in its place.']);
  }
  if (clientKeyFile === undefined) {
    if (clientCertificateFile !== undefined) {
      problems.push(['clientKeyFile', 'is missing: clientCertificateFile is the certificate of that key.']);
    }
    if (clientKeyId !== undefined) problems.push(['clientKeyId', 'is about clientKeyFile, which is missing.']);
    return problems;
  }
  if (clientSecret !== undefined) {
    problems.push(['clientSecret', 'and clientKeyFile exclude each other. Leave out the one that is not registered.']);
  }
  if (clientAuthentication !== undefined) {
    problems.push(['clientAuthentication', 'is about clientSecret. With clientKeyFile it is private_key_jwt.']);
  }
  if (kind === 'entra' && clientCertificateFile === undefined) {
    problems.push(['clientCertificateFile', 'is missing: Entra knows the key of a client by its certificate.']);
  }
  return problems;
}
