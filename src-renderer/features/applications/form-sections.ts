import type { DraftField } from './application-draft.ts';

/** The parts of the form, in their order. */
export const SECTIONS = [
  'publishing',
  'access',
  'translation',
  'signOn',
  'backend',
  'limits',
  'cookie',
  'state',
] as const;
export type FormSection = (typeof SECTIONS)[number];

const SECTION_OF_FIELD: Readonly<Record<DraftField, FormSection>> = {
  displayName: 'publishing',
  internalUrl: 'publishing',
  externalUrl: 'publishing',
  allowIpHosts: 'publishing',
  description: 'publishing',
  web: 'publishing',
  tags: 'publishing',
  connectorGroupId: 'publishing',
  isRobotsExclusionEnabled: 'publishing',
  segmentsConfiguration: 'publishing',
  externalAuthenticationType: 'access',
  conditionalAccessPolicies: 'access',
  appRoles: 'access',
  identityProviderId: 'access',
  accessTokenAudiences: 'access',
  isAccessTokenForwardingEnabled: 'access',
  isTranslateHostHeaderEnabled: 'translation',
  isTranslateLinksInBodyEnabled: 'translation',
  isTranslateLinksInScriptsEnabled: 'translation',
  singleSignOnSettings: 'signOn',
  isIdentityAssertionEnabled: 'signOn',
  strictTransportSecurityMaxAgeSeconds: 'backend',
  isBackendCertificateValidationEnabled: 'backend',
  backendTrustedCertificates: 'backend',
  backendHttpVersion: 'backend',
  isSessionAffinityEnabled: 'backend',
  applicationServerTimeout: 'limits',
  applicationServerTimeoutSeconds: 'limits',
  webSocketIdleTimeoutSeconds: 'limits',
  maximumRequestBodyBytes: 'limits',
  maximumRequestsPerSecond: 'limits',
  maximumConcurrentRequests: 'limits',
  isHttpOnlyCookieEnabled: 'cookie',
  isSecureCookieEnabled: 'cookie',
  isPersistentCookieEnabled: 'cookie',
  isOnPremPublishingEnabled: 'state',
};

export function sectionOf(field: DraftField): FormSection {
  return SECTION_OF_FIELD[field];
}
