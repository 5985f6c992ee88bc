import { z } from 'zod';
import { refusedFor } from '../errors/refused-for.ts';
import { appRolesInputSchema, appRolesSchema } from './app-roles.ts';
import { applicationPresentationSchema } from './application-presentation.ts';
import { certificateMetadataSchema, customDomainCredentialsSchema } from './certificate.ts';
import { type ConditionalAccessPolicy, conditionalAccessPoliciesSchema } from './conditional-access.ts';
import { segmentsConfigurationInputSchema, segmentsConfigurationSchema } from './segments.ts';
import { singleSignOnSettingsInputSchema, singleSignOnSettingsSchema } from './single-sign-on.ts';

/**
 * A published application, with the field names of the Microsoft Graph beta resources `application` and
 * `onPremisesPublishing`. `docs/architecture.md` says which of Graph's fields are carried and which are not yet.
 */

const EXTERNAL_AUTHENTICATION_TYPES = ['aadPreAuthentication', 'passthru'] as const;
const APPLICATION_SERVER_TIMEOUTS = ['Default', 'Long'] as const;
/**
 * How a backend is spoken to: `auto` takes HTTP/2 where an https backend offers it by ALPN and HTTP/1.1 otherwise; `http2`
 * insists, by prior knowledge on plain http (RFC 9113 section 3.3), which gRPC servers without TLS need.
 */
export const BACKEND_HTTP_VERSIONS = ['auto', 'http1', 'http2'] as const;

/** Seconds that a backend may be silent before its response head (B42). */
export const APPLICATION_SERVER_TIMEOUT_SECONDS = { Default: 85, Long: 180 } as const;

/** The longest that a backend may be allowed to be silent, seconds. */
export const MAX_APPLICATION_SERVER_TIMEOUT_SECONDS = 3600;
/** A day: idle limits above it are as good as none. */
export const MAX_WEB_SOCKET_IDLE_TIMEOUT_SECONDS = 86_400;
/** PEM that an application may bring, characters: some dozen authorities. */
export const MAX_TRUSTED_CERTIFICATES_LENGTH = 65_536;

/** The highest rate that may be asked for; above what one process can carry. */
export const MAX_REQUESTS_PER_SECOND = 1_000_000;
/** The highest number of requests at once that may be asked for. */
export const MAX_CONCURRENT_REQUESTS = 1_000_000;
/** Ten years. */
const MAX_STRICT_TRANSPORT_SECURITY_SECONDS = 315_360_000;
/** Registrations at the identity provider that may stand for one application. */
const MAX_ACCESS_TOKEN_AUDIENCES = 16;

/** The `onPremisesPublishing` part as it is stored and read: every field present. */
export const onPremisesPublishingSchema = z.strictObject({
  externalUrl: z.string().describe('Where users find the application; ends in `/`.'),
  internalUrl: z.string().describe('Where the connector finds the backend; ends in `/`.'),
  externalAuthenticationType: z
    .enum(EXTERNAL_AUTHENTICATION_TYPES)
    .describe('Whether users sign in before anything reaches the backend, or `passthru`.'),
  isTranslateHostHeaderEnabled: z
    .boolean()
    .describe('The backend sees the internal host in `Host`; off: the external one.'),
  isTranslateLinksInBodyEnabled: z
    .boolean()
    .describe("Links in the backend's pages and style sheets to what is published become external ones."),
  isTranslateLinksInScriptsEnabled: z
    .boolean()
    .describe("And those in scripts and JSON; Postern's own field, which needs the one before."),
  isHttpOnlyCookieEnabled: z.boolean().describe('The session cookie is kept from scripts.'),
  isSecureCookieEnabled: z.boolean().describe('The session cookie goes over https alone.'),
  isPersistentCookieEnabled: z.boolean().describe('The session cookie outlives the browser, until the session ends.'),
  isBackendCertificateValidationEnabled: z
    .boolean()
    .describe('A backend whose certificate is not trusted is not spoken to.'),
  applicationServerTimeout: z
    .enum(APPLICATION_SERVER_TIMEOUTS)
    .describe('How long the backend may be silent before its response head: 85 or 180 seconds.'),
  isOnPremPublishingEnabled: z
    .boolean()
    .describe('Off: every user gets the maintenance page and nothing reaches a connector.'),
  allowIpHosts: z.boolean().describe("Lets an IP literal stand as the host of the internal URL; Postern's own field."),
  isSessionAffinityEnabled: z
    .boolean()
    .describe("The requests of one browser keep to one connector while it stands; Postern's own field."),
  backendHttpVersion: z.enum(BACKEND_HTTP_VERSIONS).describe("HTTP version towards the backend; Postern's own field."),
  isRobotsExclusionEnabled: z
    .boolean()
    .describe("The service answers `/robots.txt` itself and turns crawlers away; Postern's own field."),
  segmentsConfiguration: segmentsConfigurationSchema
    .nullable()
    .describe(
      'Where there are segments, they are all that is published; null where the application is one pair of URLs.',
    ),

  singleSignOnSettings: singleSignOnSettingsSchema
    .nullable()
    .describe('How the backend learns who the user is; null is as good as the mode `none`.'),
  isIdentityAssertionEnabled: z
    .boolean()
    .describe("Requests carry a signed assertion of who the user is; Postern's own field."),

  conditionalAccessPolicies: conditionalAccessPoliciesSchema.describe(
    'The conditions under which it opens, beside the assignment. Graph keeps such policies for a whole tenant.',
  ),

  // Native and API clients (B18), both Postern's own.

  accessTokenAudiences: z
    .array(z.string().regex(/^[\x21-\x7e]{1,256}$/, { error: refusedFor('mustBeAudience') }))
    .max(MAX_ACCESS_TOKEN_AUDIENCES)
    .describe(
      'Further `aud` values of access tokens for this application, beside its `appId` and its external URL: the client id (v2.0 tokens) or the application ID URI (v1.0 tokens) of its registration at the identity provider.',
    ),
  isAccessTokenForwardingEnabled: z
    .boolean()
    .describe('The access token by which a client entered goes on to the backend, which then sees `Authorization`.'),
  identityProviderId: z
    .string()
    .max(64)
    .nullable()
    .describe(
      "Which identity provider's users may sign in, by its id in the configuration; null: those of the default one. Postern's own.",
    ),

  // Timeouts and trust towards the backend, all Postern's own.

  applicationServerTimeoutSeconds: z
    .number()
    .int()
    .min(1)
    .max(MAX_APPLICATION_SERVER_TIMEOUT_SECONDS)
    .nullable()
    .describe(
      'A silence of its own that the backend is allowed, seconds; null where `applicationServerTimeout` decides.',
    ),
  webSocketIdleTimeoutSeconds: z
    .number()
    .int()
    .min(1)
    .max(MAX_WEB_SOCKET_IDLE_TIMEOUT_SECONDS)
    .nullable()
    .describe(
      'Silence of both ends after which a WebSocket is ended, seconds; null: it lives as long as its ends want.',
    ),
  backendTrustedCertificates: z
    .string()
    .max(MAX_TRUSTED_CERTIFICATES_LENGTH)
    .nullable()
    .describe("PEM of authorities to trust for this backend beside those of the connector's machine; null for none."),

  // What users may ask of it and are told, all Postern's own.

  maximumRequestBodyBytes: z
    .number()
    .int()
    .min(0)
    .nullable()
    .describe('The largest body of a request, octets; above it 413. Null for no limit.'),
  maximumRequestsPerSecond: z
    .number()
    .int()
    .min(0)
    .max(MAX_REQUESTS_PER_SECOND)
    .nullable()
    .describe('Requests a second that are let through; above it 429. Null: as the service is configured; 0: no limit.'),
  maximumConcurrentRequests: z
    .number()
    .int()
    .min(0)
    .max(MAX_CONCURRENT_REQUESTS)
    .nullable()
    .describe(
      'Requests under way at once, WebSockets among them; above it 503. Null: as the service is configured; 0: no limit.',
    ),
  strictTransportSecurityMaxAgeSeconds: z
    .number()
    .int()
    .min(0)
    .max(MAX_STRICT_TRANSPORT_SECURITY_SECONDS)
    .nullable()
    .describe('`max-age` of a Strict-Transport-Security that we add where the backend sends none; null adds nothing.'),
});
export type OnPremisesPublishing = z.infer<typeof onPremisesPublishingSchema>;

/** What holds where the caller says nothing. */
export const ON_PREMISES_PUBLISHING_DEFAULTS = {
  externalAuthenticationType: 'aadPreAuthentication',
  isTranslateHostHeaderEnabled: true,
  isTranslateLinksInBodyEnabled: false,
  isTranslateLinksInScriptsEnabled: false,
  isHttpOnlyCookieEnabled: true,
  isSecureCookieEnabled: true,
  isPersistentCookieEnabled: false,
  isBackendCertificateValidationEnabled: true,
  applicationServerTimeout: 'Default',
  isOnPremPublishingEnabled: true,
  allowIpHosts: false,
  isSessionAffinityEnabled: false,
  backendHttpVersion: 'auto',
  isRobotsExclusionEnabled: true,
  segmentsConfiguration: null,
  singleSignOnSettings: null,
  isIdentityAssertionEnabled: false,
  conditionalAccessPolicies: [] as ConditionalAccessPolicy[],
  accessTokenAudiences: [] as string[],
  isAccessTokenForwardingEnabled: false,
  identityProviderId: null,
  applicationServerTimeoutSeconds: null,
  webSocketIdleTimeoutSeconds: null,
  backendTrustedCertificates: null,
  maximumRequestBodyBytes: null,
  maximumRequestsPerSecond: null,
  maximumConcurrentRequests: null,
  strictTransportSecurityMaxAgeSeconds: null,
} as const satisfies Omit<OnPremisesPublishing, 'externalUrl' | 'internalUrl'>;

const publishingChangeSchema = onPremisesPublishingSchema
  .partial()
  .extend(customDomainCredentialsSchema.partial().shape)
  .extend({
    segmentsConfiguration: segmentsConfigurationInputSchema.nullable().optional(),
    singleSignOnSettings: singleSignOnSettingsInputSchema.nullable().optional(),
  });

/** The body of `POST /applications`. */
export const applicationCreateSchema = z.strictObject({
  displayName: z.string().trim().min(1).max(120).describe('What users and administrators know it by.'),
  onPremisesPublishing: publishingChangeSchema
    .required({ externalUrl: true, internalUrl: true })
    .describe('Where and how it is published.'),
  appRoleAssignmentRequired: z
    .boolean()
    .optional()
    .describe(
      'Whether only assigned people may enter. Graph keeps it on the service principal; here it may be set at once.',
    ),
  appRoles: appRolesInputSchema.optional().describe("The roles that the application knows; Graph's."),
  connectorGroupId: z
    .string()
    .optional()
    .describe(
      "The connector group that serves it; the Default group where absent. Postern's short form of `connectorGroup/$ref`.",
    ),
  ...applicationPresentationSchema.partial().shape,
});
export type ApplicationCreate = z.infer<typeof applicationCreateSchema>;

/** The body of `PATCH /applications/{id}`. */
export const applicationPatchSchema = applicationCreateSchema.partial().extend({
  onPremisesPublishing: publishingChangeSchema.optional(),
});
export type ApplicationPatch = z.infer<typeof applicationPatchSchema>;

/** A published application as the API returns it. */
export const applicationSchema = z.object({
  id: z.string().describe('Names the application in this API.'),
  appId: z.string().describe('The client id by which tokens name the application.'),
  displayName: z.string().describe('What users and administrators know it by.'),
  createdDateTime: z.string().describe('When it was published.'),
  appRoleAssignmentRequired: z.boolean().describe('Whether only assigned people may enter.'),
  appRoles: appRolesSchema.describe('The roles that it knows.'),
  connectorGroupId: z.string().describe('The connector group that serves it.'),
  ...applicationPresentationSchema.shape,
  info: z.strictObject({
    logoUrl: z
      .string()
      .nullable()
      .describe(
        "Read-only: set by `PUT /applications/{id}/logo`. In the API's answers a whole URL, in the service its path; null without a logo.",
      ),
  }),
  onPremisesPublishing: onPremisesPublishingSchema.extend({
    verifiedCustomDomainCertificatesMetadata: certificateMetadataSchema
      .nullable()
      .optional()
      .describe(
        "The certificate that serves the external host; null where none covers it. Read-only, and in the API's answers alone.",
      ),
  }),
});
export type Application = z.infer<typeof applicationSchema>;

/** An application with its version. */
export const taggedApplicationSchema = applicationSchema.extend({ '@odata.etag': z.string() });
export type TaggedApplication = z.infer<typeof taggedApplicationSchema>;

/** A person known to the service: named by the provider at a sign-in, or listed in the configuration. */
export const userSchema = z.strictObject({
  id: z.string().describe("The provider's `oid` (Entra) or `sub`."),
  identityProviderId: z.string().optional().describe("Whose user; the default provider's where absent."),
  displayName: z.string().describe('As the provider calls them.'),
  userPrincipalName: z.string().describe('The name by which they sign in.'),
});
export type User = z.infer<typeof userSchema>;

/** A connector as the API returns it (Graph `connector`, with Postern's additions after `status`). */
export const connectorSchema = z.object({
  id: z.string().describe('Names the connector in this API.'),
  machineName: z.string().describe('The machine that it runs on.'),
  externalIp: z.string().nullable().describe('The address that its tunnels come from; null before the first.'),
  status: z.enum(['active', 'inactive']).describe('Whether it has a tunnel now.'),
  displayName: z.string().describe('What administrators know it by.'),
  version: z.string().describe('Of the connector, as it says.'),
  operatingSystem: z
    .string()
    .nullable()
    .default(null)
    .describe("Of its machine, in words; null where the connector doesn't say."),
  connectorGroupId: z.string().describe('The group that it serves.'),
  enrolmentTokenId: z
    .string()
    .nullable()
    .describe('The one-time token that it enrolled with; null where an administrator enrolled it.'),
  tunnels: z.number().int().describe('Its tunnels to this node that stand now.'),
  outstandingRequests: z.number().int().default(0).describe('Requests that it has under way.'),
  requestsPerSecond: z.number().default(0).describe('Requests that it was handed each second, over the last ten.'),
  isCoolingDown: z.boolean().default(false).describe('It failed so often that others are asked first.'),
  isDraining: z.boolean().default(false).describe('It gets no new requests until an administrator says otherwise.'),
  revokedDateTime: z
    .string()
    .nullable()
    .default(null)
    .describe("Since when it is refused everywhere; null where it isn't."),
  canaryMs: z
    .number()
    .nullable()
    .describe('What an end-to-end probe through its tunnels takes, ms; null before the first was answered.'),
  certificateExpiryDateTime: z.string().describe('Until when its certificate is good; it renews it by itself.'),
  createdDateTime: z.string().describe('When it enrolled.'),
  lastSeenDateTime: z.string().nullable().describe('When it was connected last; null where it never was.'),
  configurationVersion: z
    .number()
    .int()
    .nullable()
    .default(null)
    .describe('Version of the configuration that it has; null while it is away.'),
  configurationProblem: z
    .string()
    .nullable()
    .default(null)
    .describe('Why that is not as the service wants it, in words for the administrator; null where all is well.'),
  rejectedApplications: z
    .array(z.strictObject({ applicationId: z.string(), displayName: z.string(), reason: z.string() }))
    .default([])
    .describe("Applications that it can't take, the first fifty; what it had of them before stays in force."),
});
export type Connector = z.infer<typeof connectorSchema>;

/** The body of `PATCH …/connectors/{id}`. */
export const connectorPatchSchema = z.strictObject({
  displayName: z.string().trim().min(1).max(120).optional(),
  isDraining: z.boolean().optional(),
});
export type ConnectorPatch = z.infer<typeof connectorPatchSchema>;

/** Graph's `connectorGroup`. */
export const connectorGroupSchema = z.object({
  id: z.string().describe('Names the group in this API.'),
  name: z.string().describe('What administrators know it by.'),
  isDefault: z.boolean().describe('Whether new connectors and applications come here where nothing else is said.'),
  connectorGroupType: z.literal('applicationProxy').describe('The one kind that there is.'),
});
export type ConnectorGroup = z.infer<typeof connectorGroupSchema>;
