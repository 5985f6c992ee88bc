import { z } from 'zod';

/** Where a service says what it is, relative to its address. Public; holds no secret. */
export const SERVICE_DESCRIPTION_PATH = '/.well-known/postern';

/** How an administrator signs in to this service: what MSAL needs, no more. */
export const administratorSignInSchema = z.object({
  /** `entra`: MSAL's AAD mode; `oidc`: its OIDC mode. */
  mode: z.enum(['entra', 'oidc']),
  authority: z.string(),
  clientId: z.string(),
  /** The scope to ask for, e.g. `api://{apiId}/access_as_user`. */
  apiScope: z.string(),
  /** The API's resource indicator (RFC 8707), for a provider that does not tell the API by the scope. */
  apiResource: z.string().optional(),
  knownAuthorities: z.array(z.string()),
  /** The discovery document as JSON text, where MSAL can't fetch it itself (a provider on plain http in the trial). */
  authorityMetadata: z.string().optional(),
});
export type AdministratorSignIn = z.infer<typeof administratorSignInSchema>;

/** The body of `GET {service}/.well-known/postern`. */
export const serviceDescriptionSchema = z.object({
  service: z.literal('postern'),
  version: z.string(),
  displayName: z.string(),
  /** Base of the admin API, e.g. `https://postern.example.com/graph/beta`. */
  apiBaseUrl: z.string(),
  /** Suffix under which external URLs are offered, e.g. `apps.example.com`, with the scheme and port to put around it. */
  applicationsDomain: z.string(),
  applicationsScheme: z.enum(['http', 'https']),
  applicationsPort: z.number().int(),
  administratorSignIn: administratorSignInSchema,
});
export type ServiceDescription = z.infer<typeof serviceDescriptionSchema>;
