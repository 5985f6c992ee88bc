import { z } from 'zod';

/** A person who can sign in. */
export const providerUserSchema = z.strictObject({
  /** Entra's object id (`oid`), a GUID. */
  id: z.guid(),
  /** What is typed on the sign-in page; the user principal name is taken as well. */
  name: z.string().min(1),
  password: z.string().min(1),
  displayName: z.string().min(1),
  userPrincipalName: z.string().min(3),
  /** Object ids of groups. More than 200 are told by `_claim_names`, as Entra does. */
  groups: z.array(z.string()).default([]),
  /** App roles on the API, such as `Application.Administrator`. */
  apiRoles: z.array(z.string()).default([]),
  /** App roles on the sign-in client, told in the ID token. */
  signInRoles: z.array(z.string()).default([]),
  /** Optional claims of the ID token, such as `department`. */
  claims: z.record(z.string(), z.unknown()).default({}),
});
export type ProviderUser = z.infer<typeof providerUserSchema>;

/** The three clients of a Postern service, as one registers them in Entra. */
export const providerClientsSchema = z.strictObject({
  /** Platform "Web": the service's sign-in of users. */
  service: z.strictObject({
    clientId: z.string(),
    clientSecret: z.string(),
    /** PEM of the certificate whose key stands in place of the secret (private_key_jwt). */
    certificate: z.string().optional(),
    /** `id` of this provider in the settings of the service, where it is not the default one there. */
    providerId: z.string().optional(),
    /** Addresses of services that may use it; their callback and logout addresses derive from them. */
    serviceUrls: z.array(z.url()).default([]),
  }),
  /** Platform "Mobile and desktop applications" with `http://localhost`, public client flows allowed. */
  desktop: z.strictObject({ clientId: z.string() }),
  /** A daemon with client credentials and app roles on the API. */
  automation: z.strictObject({
    clientId: z.string(),
    clientSecret: z.string(),
    apiRoles: z.array(z.string()),
  }),
});
export type ProviderClients = z.infer<typeof providerClientsSchema>;

export const providerConfigurationSchema = z.strictObject({
  listen: z.strictObject({
    host: z.string().default('127.0.0.1'),
    /** 0 takes a free one. */
    port: z.number().int().min(0).max(65_535),
  }),
  tls: z.strictObject({ certificateFile: z.string(), keyFile: z.string() }).optional(),
  /** PEM of a CA by which the provider trusts the service at a back-channel logout. */
  caFile: z.string().optional(),
  /** `entra` answers as Entra v2.0 does, `plain` as most other OpenID providers; `entra` where absent. */
  kind: z.enum(['entra', 'plain']).optional(),
  /** As others see the provider, where names lead to it that are not its own. */
  publicOrigin: z.url().optional(),
  /** Further applications that sign users in by themselves. */
  applications: z
    .array(
      z.strictObject({
        clientId: z.string(),
        clientSecret: z.string(),
        displayName: z.string(),
        redirectUris: z.array(z.url()),
      }),
    )
    .optional(),
  /** Where keys, sessions and grants outlive a restart (mode 0600); kept in memory alone where absent. */
  stateFile: z.string().optional(),
  tenantId: z.guid(),
  tenantName: z.string().default('Contoso'),
  /** Application id of the admin API; scopes are `api://{apiId}/…`. */
  apiId: z.guid(),
  users: z.array(providerUserSchema),
  /** Whether users get refresh tokens; not every provider gives them. */
  issuesRefreshTokens: z.boolean().default(true),
  /** Whether each refresh brings another refresh token, and the one before is worth nothing then. */
  rotatesRefreshTokens: z.boolean().default(false),
  /** Whether an ID token that comes with a refresh says how its user proved who they are; not every provider repeats it. */
  repeatsAuthentication: z.boolean().default(true),
  lifetimes: z
    .strictObject({
      /** Of access tokens for the admin API. */
      apiTokenSeconds: z.number().int().min(1).default(3600),
      deviceCodeSeconds: z.number().int().min(1).default(900),
    })
    .prefault({}),
  clients: providerClientsSchema,
});
export type ProviderConfiguration = z.infer<typeof providerConfigurationSchema>;
