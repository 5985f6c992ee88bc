import { z } from 'zod';
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
  /** Where users find the application; ends in `/`. */
  externalUrl: z.string(),
  /** Where the connector finds the backend; ends in `/`. */
  internalUrl: z.string(),
  externalAuthenticationType: z.enum(EXTERNAL_AUTHENTICATION_TYPES),
  /** The backend sees the internal host in `Host` (B24); off: the external one (B25). */
  isTranslateHostHeaderEnabled: z.boolean(),
  /** Links in the backend's pages and style sheets to what is published become external ones (B36–B39). */
  isTranslateLinksInBodyEnabled: z.boolean(),
  /** And those in scripts and JSON (B37); Postern's own field, which needs the one before. */
  isTranslateLinksInScriptsEnabled: z.boolean(),
  isHttpOnlyCookieEnabled: z.boolean(),
  isSecureCookieEnabled: z.boolean(),
  isPersistentCookieEnabled: z.boolean(),
  isBackendCertificateValidationEnabled: z.boolean(),
  applicationServerTimeout: z.enum(APPLICATION_SERVER_TIMEOUTS),
  /** Off: every user gets the maintenance page and nothing reaches a connector (B8). */
  isOnPremPublishingEnabled: z.boolean(),
  /** Lets an IP literal stand as the host of the internal URL (B1); Postern's own field. */
  allowIpHosts: z.boolean(),
  /** The requests of one browser keep to one connector while it stands (B68); Postern's own field. */
  isSessionAffinityEnabled: z.boolean(),
  /** HTTP version towards the backend (B54); Postern's own field. */
  backendHttpVersion: z.enum(BACKEND_HTTP_VERSIONS),
  /** The service answers `/robots.txt` itself and turns crawlers away (B9); Postern's own field. */
  isRobotsExclusionEnabled: z.boolean(),
  /** Where there are segments, they are all that is published (B7); null where the application is one pair of URLs. */
  segmentsConfiguration: segmentsConfigurationSchema.nullable(),

  /** How the backend learns who the user is (B80); null is as good as the mode `none`. */
  singleSignOnSettings: singleSignOnSettingsSchema.nullable(),
  /** Requests carry a signed assertion of who the user is (B81); Postern's own field. */
  isIdentityAssertionEnabled: z.boolean(),

  /** The conditions under which it opens, beside the assignment. Graph keeps such policies for a whole tenant. */
  conditionalAccessPolicies: conditionalAccessPoliciesSchema,

  // Native and API clients (B18), both Postern's own.

  /**
   * Further `aud` values of access tokens for this application, beside its `appId` and its external URL: the client id (v2.0
   * tokens) or the application ID URI (v1.0 tokens) of its registration at the identity provider.
   */
  accessTokenAudiences: z
    .array(z.string().regex(/^[\x21-\x7e]{1,256}$/, 'must be 1 to 256 visible ASCII characters'))
    .max(MAX_ACCESS_TOKEN_AUDIENCES),
  /** The access token by which a client entered goes on to the backend, which then sees `Authorization`. */
  isAccessTokenForwardingEnabled: z.boolean(),
  /** Which identity provider's users may sign in, by its id in the configuration; null: those of the default one. Postern's own. */
  identityProviderId: z.string().max(64).nullable(),

  // Timeouts and trust towards the backend, all Postern's own.

  /** A silence of its own that the backend is allowed, seconds (B42); null where `applicationServerTimeout` decides. */
  applicationServerTimeoutSeconds: z.number().int().min(1).max(MAX_APPLICATION_SERVER_TIMEOUT_SECONDS).nullable(),
  /** Silence of both ends after which a WebSocket is ended, seconds; null: it lives as long as its ends want (B53). */
  webSocketIdleTimeoutSeconds: z.number().int().min(1).max(MAX_WEB_SOCKET_IDLE_TIMEOUT_SECONDS).nullable(),
  /** PEM of authorities to trust for this backend beside those of the connector's machine (B48); null for none. */
  backendTrustedCertificates: z.string().max(MAX_TRUSTED_CERTIFICATES_LENGTH).nullable(),

  // What users may ask of it and are told, all Postern's own.

  /** The largest body of a request, octets; above it 413 (B49). Null for no limit. */
  maximumRequestBodyBytes: z.number().int().min(0).nullable(),
  /** Requests a second that are let through; above it 429 (B46). Null: as the service is configured; 0: no limit. */
  maximumRequestsPerSecond: z.number().int().min(0).max(MAX_REQUESTS_PER_SECOND).nullable(),
  /** Requests under way at once, WebSockets among them; above it 503. Null: as the service is configured; 0: no limit. */
  maximumConcurrentRequests: z.number().int().min(0).max(MAX_CONCURRENT_REQUESTS).nullable(),
  /** `max-age` of a Strict-Transport-Security that we add where the backend sends none (B31); null adds nothing. */
  strictTransportSecurityMaxAgeSeconds: z.number().int().min(0).max(MAX_STRICT_TRANSPORT_SECURITY_SECONDS).nullable(),
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
  displayName: z.string().trim().min(1).max(120),
  onPremisesPublishing: publishingChangeSchema.required({ externalUrl: true, internalUrl: true }),
  /** Whether only assigned people may enter (B17). Graph keeps it on the service principal; here it may be set at once. */
  appRoleAssignmentRequired: z.boolean().optional(),
  /** The roles that the application knows; Graph's. */
  appRoles: appRolesInputSchema.optional(),
  /** The connector group that serves it; the Default group where absent. Postern's short form of `connectorGroup/$ref`. */
  connectorGroupId: z.string().optional(),
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
  id: z.string(),
  /** The client id by which tokens name the application. */
  appId: z.string(),
  displayName: z.string(),
  createdDateTime: z.string(),
  appRoleAssignmentRequired: z.boolean(),
  appRoles: appRolesSchema,
  connectorGroupId: z.string(),
  ...applicationPresentationSchema.shape,
  info: z.strictObject({
    /** Read-only: set by `PUT /applications/{id}/logo`. In the API's answers a whole URL, in the service its path; null without a logo. */
    logoUrl: z.string().nullable(),
  }),
  onPremisesPublishing: onPremisesPublishingSchema.extend({
    /** The certificate that serves the external host; null where none covers it. Read-only, and in the API's answers alone. */
    verifiedCustomDomainCertificatesMetadata: certificateMetadataSchema.nullable().optional(),
  }),
});
export type Application = z.infer<typeof applicationSchema>;

/** A person known to the service: named by the provider at a sign-in, or listed in the configuration. */
export const userSchema = z.strictObject({
  /** The provider's `oid` (Entra) or `sub`. */
  id: z.string(),
  /** Whose user; the default provider's where absent. */
  identityProviderId: z.string().optional(),
  displayName: z.string(),
  userPrincipalName: z.string(),
});
export type User = z.infer<typeof userSchema>;

/** A connector as the API returns it (Graph `connector`, with Postern's additions after `status`). */
export const connectorSchema = z.object({
  id: z.string(),
  machineName: z.string(),
  externalIp: z.string().nullable(),
  status: z.enum(['active', 'inactive']),
  displayName: z.string(),
  version: z.string(),
  /** Of its machine, in words; null where the connector doesn't say. */
  operatingSystem: z.string().nullable().default(null),
  connectorGroupId: z.string(),
  /** The one-time token that it enrolled with; null where an administrator enrolled it. */
  enrolmentTokenId: z.string().nullable(),
  tunnels: z.number().int(),
  /** Requests that it has under way, and how many it was handed each second, over the last ten. */
  outstandingRequests: z.number().int().default(0),
  requestsPerSecond: z.number().default(0),
  /** It gets no new requests until an administrator says otherwise. */
  isDraining: z.boolean().default(false),
  /** Since when it is refused everywhere; null where it isn't. */
  revokedDateTime: z.string().nullable().default(null),
  /** What an end-to-end probe through its tunnels takes, ms; null before the first was answered. */
  canaryMs: z.number().nullable(),
  certificateExpiryDateTime: z.string(),
  createdDateTime: z.string(),
  lastSeenDateTime: z.string().nullable(),
  /** Version of the configuration that it has; null while it is away. */
  configurationVersion: z.number().int().nullable().default(null),
  /** Why that is not as the service wants it, in words for the administrator; null where all is well. */
  configurationProblem: z.string().nullable().default(null),
  /** Applications that it can't take, the first fifty; what it had of them before stays in force. */
  rejectedApplications: z
    .array(z.strictObject({ applicationId: z.string(), displayName: z.string(), reason: z.string() }))
    .default([]),
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
  id: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  connectorGroupType: z.literal('applicationProxy'),
});
export type ConnectorGroup = z.infer<typeof connectorGroupSchema>;
