import { z } from 'zod';
import {
  BACKEND_HTTP_VERSIONS,
  MAX_APPLICATION_SERVER_TIMEOUT_SECONDS,
  MAX_TRUSTED_CERTIFICATES_LENGTH,
  MAX_WEB_SOCKET_IDLE_TIMEOUT_SECONDS,
} from './application.ts';

/** What a connector needs to know about one pair of addresses of an application: where it is and how to speak to it. */
export const connectorApplicationSchema = z.object({
  /** By which requests name it: the application's id, or of several pairs one for each. */
  id: z.string(),
  /** The application's own id, where that is another. */
  applicationId: z.string().optional(),
  displayName: z.string(),
  externalUrl: z.string(),
  internalUrl: z.string(),
  isTranslateHostHeaderEnabled: z.boolean(),
  isBackendCertificateValidationEnabled: z.boolean(),
  /** How long the backend may be silent before its response head, seconds (B42). */
  applicationServerTimeoutSeconds: z.number().int().min(1).max(MAX_APPLICATION_SERVER_TIMEOUT_SECONDS),
  /** HTTP version towards the backend (B54); an older service says nothing. */
  backendHttpVersion: z.enum(BACKEND_HTTP_VERSIONS).default('auto'),
  /** Silence of both ends after which a WebSocket is ended, seconds; 0 for no limit. */
  webSocketIdleTimeoutSeconds: z.number().int().min(0).max(MAX_WEB_SOCKET_IDLE_TIMEOUT_SECONDS).default(0),
  /** PEM of authorities to trust for the backend beside the machine's own (B48). */
  backendTrustedCertificates: z.string().max(MAX_TRUSTED_CERTIFICATES_LENGTH).default(''),
  /** Links in pages and style sheets become external (B36); an older service says nothing. */
  isTranslateLinksInBodyEnabled: z.boolean().default(false),
  /** And those in scripts and JSON. */
  isTranslateLinksInScriptsEnabled: z.boolean().default(false),
});
export type ConnectorApplication = z.infer<typeof connectorApplicationSchema>;

/**
 * The payload of a CONFIG frame: all that the connector's group publishes. Unknown keys are ignored, so that an older
 * connector works with a newer service.
 * @internal exported for its tests: a connector reads each application by itself
 */
export const connectorConfigurationSchema = z.object({
  /** Rises with each change; a connector never goes back to a lower one within a session. */
  version: z.number().int().nonnegative(),
  connectorName: z.string(),
  connectorGroupName: z.string(),
  applications: z.array(connectorApplicationSchema),
  /** What other groups publish: known so that links to it are translated (B26, B38). */
  otherUrls: z.array(z.object({ externalUrl: z.string(), internalUrl: z.string() })).default([]),
});
export type ConnectorConfiguration = z.infer<typeof connectorConfigurationSchema>;
